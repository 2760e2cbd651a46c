import { open, rename, rm } from 'node:fs/promises';
import { openColdFile, writeColdFile, type ColdPart } from './cold-file.ts';
import { syncFolderOf } from './log-files.ts';
import { scanLog, type ScannedRecord } from './scan.ts';

/** Gathers what is needed to find the records of a part again. */
export interface PartIndex {
  add(record: ScannedRecord): void;
  bytes(): Buffer;
}

export interface FullPart {
  path: string;
  base: number;
  bytes: number;
  /** Of the record before its first. */
  sequence: number;
}

/** Records are read so many bytes at a time: whoever is served meanwhile waits for no more. */
const WINDOW_BYTES = 512 * 1024;

/**
 * Compresses a full part, checking every record on the way; the plain file goes once the other is on disk. A crash at
 * any moment leaves one of them whole.
 * @throws Fault `ao/log-damaged`
 */
export async function coolPart({ path, base, bytes, sequence }: FullPart, index: PartIndex): Promise<ColdPart> {
  const raw = await open(path, 'r');
  try {
    const { lastSequence } = await scanLog(raw, path, { base, sequence }, (record) => index.add(record), WINDOW_BYTES);
    await writeColdFile(`${path}.cold.part`, raw, { base, rawBytes: bytes, firstSequence: sequence + 1, lastSequence }, index.bytes());
  } finally {
    await raw.close();
  }
  await rename(`${path}.cold.part`, `${path}.cold`);
  await syncFolderOf(path);
  const cold = await openColdFile(`${path}.cold`);
  await rm(path);
  return cold;
}
