import { Fault } from '@beamline/core';
import { copySnapshot } from '../backup/copy-snapshot.ts';
import { verifyStores } from '../backup/verify-stores.ts';
import { createBucketStore } from '../bucket/bucket-store.ts';
import { formatRef, type SnapshotRef } from '../snapshot-ref.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import { archiveBucket } from './archive-bucket.ts';
import type { Archive } from './open-archive.ts';

export interface ImportArchiveOptions {
  archive: Archive;
  store: SnapshotStore;
}

export interface ArchiveImported {
  /** All snapshots of the archive; of them, those the store did not have. */
  refs: readonly SnapshotRef[];
  added: readonly SnapshotRef[];
  bytes: number;
}

/**
 * Brings the snapshots of an archive into a store: all, or none. Everything in the archive is verified before anything is
 * written; when the store fails in the middle, what was added is forgotten again. Killed in the middle it leaves whole
 * snapshots only, and a repetition completes it.
 * @throws Fault `persistence/archive-damaged`; those of the store
 */
export async function importArchive({ archive, store }: ImportArchiveOptions, signal?: AbortSignal): Promise<ArchiveImported> {
  const source = { name: 'archive', store: createBucketStore(archiveBucket(archive)) };
  await archive.verify();
  const { damage, unreachable } = await verifyStores({ stores: [source], full: true }, signal);
  const wrong = damage[0]?.message ?? unreachable[0]?.message;
  if (wrong !== undefined) throw new Fault('persistence/archive-damaged', `the archive holds a snapshot that is not whole: ${wrong}`, { hint: 'Use another copy of it.' });

  const had = new Set<string>();
  for await (const ref of store.list()) had.add(formatRef(ref));
  const imported = { refs: [] as SnapshotRef[], added: [] as SnapshotRef[], bytes: 0 };
  try {
    for await (const ref of source.store.list()) {
      signal?.throwIfAborted();
      if (!had.has(formatRef(ref))) imported.added.push(ref);
      const { bytes } = await copySnapshot({ ref, to: { name: store.kind, store }, from: [source] }, signal);
      imported.bytes += bytes;
      imported.refs.push(ref);
    }
  } catch (error) {
    await store.delete(imported.added).catch(() => undefined);
    throw error;
  }
  return imported;
}
