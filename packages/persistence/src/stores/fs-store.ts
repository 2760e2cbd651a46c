import { join, resolve } from 'node:path';
import { Fault } from '@beamline/core';
import type { SnapshotRef } from '../snapshot-ref.ts';
import { compareRefs, formatRef } from '../snapshot-ref.ts';
import { assertNamed } from '../named-page.ts';
import type { Page, SnapshotStore } from '../snapshot-store.ts';
import { assertSha256, hashMismatch, missing } from '../sha256.ts';
import type { Disk } from './disk.ts';
import { durableFolder, nodeDisk, readFailed, replaceFile, writeFailed } from './disk.ts';
import { createPackFolder } from './pack-folder.ts';

export interface FsStoreOptions {
  /** Directory of the store. Created on first write. */
  root: string;
  /** @default the real file system */
  disk?: Disk;
  /** Of one file, before compression; a put keeps about as much again in memory. @default 33_554_432 */
  packBytes?: number;
}

// `<slot, 16 digits>-<sha256>.manifest`: zero-padding makes name order equal slot order.
const MANIFEST = /^(\d{16})-([0-9a-f]{64})\.manifest$/;
// Ids of processes are base64url; anything else could name a path outside the store.
const PROCESS = /^[A-Za-z0-9_-]+$/;

/**
 * Pages in packs, `root/packs/<hash>.pack`; manifests in `root/manifests/<process>/`. Names are immutable, so any tool
 * may copy the folder while it is in use, and several writers may share it. Up to 16 MB of pages read stay
 * unpacked in memory.
 */
export function createFsStore({ root: folder, disk = nodeDisk, packBytes = 32 * 1024 * 1024 }: FsStoreOptions): SnapshotStore {
  const root = resolve(folder);
  const packFolder = join(root, 'packs');
  const folderOf = (process: string) => join(root, 'manifests', PROCESS.test(process) ? process : refuse(process));
  const manifestFile = (ref: SnapshotRef) =>
    join(folderOf(ref.process), `${String(ref.slot).padStart(16, '0')}-${ref.sha256}.manifest`);
  const read = (path: string, length?: number, offset?: number) =>
    disk.read(path, length, offset).catch((cause: unknown) => { throw readFailed(path, cause); });
  const names = (path: string) => disk.names(path).catch((cause: unknown) => { throw readFailed(path, cause); });
  const remove = (path: string) => disk.remove(path).catch((cause: unknown) => { throw writeFailed(path, cause); });
  const settle = (path: string) => disk.syncFolder(path).catch((cause: unknown) => { throw writeFailed(path, cause); });
  const packs = createPackFolder({ ...disk, read, names }, packFolder, { packBytes });

  /** Folders that were made durable: that takes a sync per level. */
  const settled = new Set<string>();
  async function ready(path: string): Promise<void> {
    if (settled.has(path)) return;
    await durableFolder(disk, root, path);
    settled.add(path);
  }

  /** The first good copy, or what is wrong with the last. */
  async function find(id: string): Promise<Uint8Array | Fault> {
    let reason: Fault | undefined;
    for await (const copy of packs.copies(id)) {
      const checked = check(id, copy);
      if (checked === undefined) return copy as Uint8Array;
      reason = checked;
    }
    return reason ?? missing(`fs: page ${id}`);
  }

  return {
    kind: 'fs',

    async putPages(pages) {
      for (const page of pages) assertNamed('fs', page);
      await ready(packFolder);
      await packs.refresh();
      const added = new Map<string, Page>();
      for (const page of pages) {
        if (added.has(page.id) || (packs.has(page.id) && (await find(page.id)) instanceof Uint8Array)) continue;
        added.set(page.id, page);
      }
      const bytes = await packs.write([...added.values()]);
      // Synced also for pages found present: another writer may have renamed their pack and not synced yet.
      await settle(packFolder);
      return { pages: added.size, bytes };
    },

    async getPage(id) {
      let page = await find(id);
      if (page instanceof Uint8Array) return page;
      await packs.refresh();
      page = await find(id);
      if (page instanceof Uint8Array) return page;
      const [damaged] = packs.damaged();
      if (page.code !== 'persistence/missing' || damaged === undefined) throw page;
      throw hashMismatch(`fs: page ${id}`, `is in no readable pack, and the index of ${damaged} is damaged`);
    },

    async putManifest(ref, body) {
      assertSha256(`fs: manifest ${formatRef(ref)}`, ref.sha256, body);
      const file = manifestFile(ref);
      await ready(folderOf(ref.process));
      await replaceFile(disk, file, body);
      await settle(folderOf(ref.process));
      return body.length;
    },

    async getManifest(ref) {
      const body = await read(manifestFile(ref));
      if (body === undefined) throw missing(`fs: manifest ${formatRef(ref)}`);
      assertSha256(`fs: manifest ${formatRef(ref)}`, ref.sha256, body);
      return body;
    },

    async *list(process) {
      const folders = process === undefined
        ? (await names(join(root, 'manifests'))).filter((name) => PROCESS.test(name))
        : [process];
      for (const owner of folders.sort()) {
        const refs: SnapshotRef[] = [];
        for (const name of await names(folderOf(owner))) {
          const [, slot, sha256] = MANIFEST.exec(name) ?? [];
          if (slot !== undefined && sha256 !== undefined) refs.push({ process: owner, slot: Number(slot), sha256 });
        }
        yield* refs.sort(compareRefs);
      }
    },

    async delete(refs) {
      for (const ref of refs) await remove(manifestFile(ref));
    },
  };
}

function refuse(process: string): never {
  throw new Fault('persistence/bad-ref', `${JSON.stringify(process)} is not the id of a process`, {
    hint: 'Process ids hold letters, digits, - and _ only.',
  });
}

/** What is wrong with a copy, if anything. */
function check(id: string, copy: Uint8Array | Error): Fault | undefined {
  if (copy instanceof Error) return hashMismatch(`fs: page ${id}`, `cannot be unpacked: ${copy.message}`, copy);
  try {
    assertSha256(`fs: page ${id}`, id, copy);
    return undefined;
  } catch (fault) {
    return fault as Fault;
  }
}
