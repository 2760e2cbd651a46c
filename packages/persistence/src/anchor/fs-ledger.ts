import { join } from 'node:path';
import { Fault } from '@beamline/core';
import { durableFolder, nodeDisk, readFailed, replaceFile, writeFailed, type Disk } from '../stores/disk.ts';
import type { AnchorLedger, LedgerEntry } from './anchor-ledger.ts';

/**
 * One file each chain in a folder, replaced atomically.
 * @throws Fault (by its methods) `persistence/write-failed`, `persistence/read-failed`, `persistence/ledger-damaged`.
 */
export function createFsLedger({ root, disk = nodeDisk }: { root: string; disk?: Disk }): AnchorLedger {
  const fileOf = (chain: string) => join(root, `${encodeURIComponent(chain)}.json`);
  return {
    async read(chain) {
      const file = fileOf(chain);
      const bytes = await disk.read(file).catch((cause: unknown) => { throw readFailed(file, cause); });
      return bytes === undefined ? undefined : entryOf(file, bytes);
    },
    async write(chain, entry) {
      await durableFolder(disk, root, root);
      await replaceFile(disk, fileOf(chain), new TextEncoder().encode(`${JSON.stringify(entry)}\n`));
      await disk.syncFolder(root).catch((cause: unknown) => { throw writeFailed(root, cause); });
    },
  };
}

function entryOf(file: string, bytes: Uint8Array): LedgerEntry {
  try {
    const entry = JSON.parse(new TextDecoder().decode(bytes)) as LedgerEntry;
    if (entry.version === 1 && typeof entry.item.raw === 'string' && Array.isArray(entry.unsettled) && entry.anchor.version === 1) return entry;
  } catch {
    // told below
  }
  throw new Fault('persistence/ledger-damaged', `${file} is not a ledger of anchors that this version knows`, {
    hint: 'Restore the file, or remove it: the newest anchor is then looked up on Arweave.',
  });
}
