import { createBucketStore } from '../bucket/bucket-store.ts';
import { createFsBucket, type FsBucketOptions } from '../bucket/fs-bucket.ts';
import type { SnapshotStore } from '../snapshot-store.ts';

export type FsStoreOptions = FsBucketOptions;

/**
 * A folder as a snapshot store: pages in packs, `packs/<hash>-<random>.pack`, manifests in `manifests/<process>/`. Files
 * are immutable, so any tool may copy the folder while it is in use, and several writers may share it.
 */
export function createFsStore(options: FsStoreOptions): SnapshotStore {
  return createBucketStore(createFsBucket(options));
}
