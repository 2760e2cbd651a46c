import { Fault } from '@beamline/core';
import { createBucketStore } from '../bucket/bucket-store.ts';
import { formatRef } from '../snapshot-ref.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import { createArweaveBucket, type ArweaveBucketOptions } from './arweave-bucket.ts';

/**
 * Snapshots on Arweave: packs and manifests as signed items, listed by GraphQL, each put read back before it counts.
 * Nothing is ever deleted or collected (`permanent`), and everybody can read it.
 */
export function createArweaveStore(options: ArweaveBucketOptions): SnapshotStore {
  return permanentStore(createBucketStore(createArweaveBucket(options)));
}

/** A store from which nothing can be deleted, over a bucket from which nothing can be removed: encrypted ones, too. */
export function permanentStore({ collect: _never, ...store }: SnapshotStore): SnapshotStore {
  return {
    ...store,
    permanent: true,
    async delete(refs) {
      const [first] = refs;
      if (first === undefined) return;
      throw new Fault('persistence/permanent', `${store.kind}: snapshot ${formatRef(first)} is there for good`, {
        hint: 'What lies on Arweave cannot be deleted. Keep short-lived snapshots in another store.',
      });
    },
  };
}
