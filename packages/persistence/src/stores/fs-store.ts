import { join, resolve } from 'node:path';
import { Fault } from '@beamline/core';
import type { SnapshotRef } from '../snapshot-ref.ts';
import { compareRefs, formatRef } from '../snapshot-ref.ts';
import type { Page, SnapshotStore } from '../snapshot-store.ts';
import { assertSha256, hashMismatch, missing } from '../sha256.ts';
import type { Disk } from './disk.ts';
import { durableFolder, nodeDisk, readFailed, replaceFile, writeFailed } from './disk.ts';
import { framePage, unframePage } from './page-frame.ts';

export interface FsStoreOptions {
  /** Directory of the store. Created on first write. */
  root: string;
  /** @default the real file system */
  disk?: Disk;
  /** Page files written at once; more helps only where fsync is slow and parallel. @default 8 */
  parallelWrites?: number;
}

// `<slot, 16 digits>-<sha256>.manifest`: zero-padding makes name order equal slot order.
const MANIFEST = /^(\d{16})-([0-9a-f]{64})\.manifest$/;
const PAGE_ID = /^[0-9a-f]{64}$/;
// Ids of processes are base64url; anything else could name a path outside the store.
const PROCESS = /^[A-Za-z0-9_-]+$/;

/**
 * Pages in `root/pages/<id>.page` (one folder, so one fsync makes all the names of a put durable), manifests in
 * `root/manifests/<process>/`. Names are immutable, so any tool may copy the folder while it is in use, and several
 * writers may share it.
 */
export function createFsStore({ root: folder, disk = nodeDisk, parallelWrites = 8 }: FsStoreOptions): SnapshotStore {
  const root = resolve(folder);
  const pageFolder = join(root, 'pages');
  const pageFile = (id: string) => join(pageFolder, `${id}.page`);
  const folderOf = (process: string) => join(root, 'manifests', PROCESS.test(process) ? process : refuse(process));
  const manifestFile = (ref: SnapshotRef) =>
    join(folderOf(ref.process), `${String(ref.slot).padStart(16, '0')}-${ref.sha256}.manifest`);

  const read = (path: string) => disk.read(path).catch((cause: unknown) => { throw readFailed(path, cause); });
  const names = (path: string) => disk.names(path).catch((cause: unknown) => { throw readFailed(path, cause); });
  const remove = (path: string) => disk.remove(path).catch((cause: unknown) => { throw writeFailed(path, cause); });
  const settle = (path: string) => disk.syncFolder(path).catch((cause: unknown) => { throw writeFailed(path, cause); });

  async function getPage(id: string): Promise<Uint8Array> {
    const frame = PAGE_ID.test(id) ? await read(pageFile(id)) : undefined;
    if (frame === undefined) throw missing(`fs: page ${id}`);
    return verified(id, frame);
  }

  async function writePage({ id, bytes, kinds }: Page): Promise<number> {
    const file = pageFile(id);
    const present = await read(file);
    if (present !== undefined && isIntact(id, present)) return 0;
    const frame = framePage(bytes, kinds);
    await replaceFile(disk, file, frame);
    return frame.length;
  }

  return {
    kind: 'fs',

    async putPages(pages) {
      for (const { id, bytes } of pages) assertSha256(`fs: page ${id}`, id, bytes);
      const distinct = [...new Map(pages.map((page) => [page.id, page])).values()];
      await durableFolder(disk, root, pageFolder);
      const sizes = await inParallel(parallelWrites, distinct, writePage);
      // Synced also for pages found present: another writer may have renamed them and not synced yet.
      await settle(pageFolder);
      return { pages: sizes.filter((size) => size > 0).length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
    },

    getPage,

    async putManifest(ref, body) {
      assertSha256(`fs: manifest ${formatRef(ref)}`, ref.sha256, body);
      const file = manifestFile(ref);
      await durableFolder(disk, root, folderOf(ref.process));
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

function verified(id: string, frame: Uint8Array): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = unframePage(frame);
  } catch (cause) {
    throw hashMismatch(`fs: page ${id}`, `cannot be unpacked from its ${frame.length} bytes on disk`, cause);
  }
  assertSha256(`fs: page ${id}`, id, bytes);
  return bytes;
}

function isIntact(id: string, frame: Uint8Array): boolean {
  try {
    verified(id, frame);
    return true;
  } catch {
    return false;
  }
}

/** Lets every started write end before it fails, so that nothing still writes behind the caller's back. */
async function inParallel<T, R>(limit: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += limit) {
    const settled = await Promise.allSettled(items.slice(start, start + limit).map(work));
    for (const outcome of settled) {
      if (outcome.status === 'rejected') throw outcome.reason;
      results.push(outcome.value);
    }
  }
  return results;
}
