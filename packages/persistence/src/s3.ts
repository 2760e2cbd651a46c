import { createBucketStore } from './bucket/bucket-store.ts';
import { createS3Bucket, type S3BucketOptions } from './s3/s3-bucket.ts';
import type { SnapshotStore } from './snapshot-store.ts';

export { createS3Bucket, type S3BucketOptions, type S3Credentials } from './s3/s3-bucket.ts';

/** Snapshots in an S3-compatible bucket, laid out as in a folder: tools may copy one into the other. */
export function createS3Store(options: S3BucketOptions): SnapshotStore {
  return createBucketStore(createS3Bucket(options));
}
