import { Fault } from '@beamline/core';
import type { Bucket } from '../bucket/bucket.ts';
import type { Archive } from './open-archive.ts';

/** Folder of an archive that holds a snapshot store, as it lies on disk. */
export const ARCHIVED_SNAPSHOTS = 'snapshots/';

/** The snapshots of an archive, to be read in place: `createBucketStore(archiveBucket(archive))`. */
export function archiveBucket(archive: Archive): Bucket {
  const readOnly = async (): Promise<never> => {
    throw new Fault('persistence/write-failed', 'an archive cannot be written to', { hint: 'Import it into a store first.' });
  };
  return {
    kind: 'archive',
    put: readOnly,
    get: async (name, length) => (await archive.read(ARCHIVED_SNAPSHOTS + name))?.subarray(0, length),
    async *list(prefix) {
      for (const { name, sizeBytes } of archive.entries) {
        if (name.startsWith(ARCHIVED_SNAPSHOTS + prefix)) yield { name: name.slice(ARCHIVED_SNAPSHOTS.length), sizeBytes };
      }
    },
    remove: readOnly,
  };
}
