import { Fault } from '@beamline/core';
import type { Bucket } from '../bucket/bucket.ts';

export interface FailingBucket extends Bucket {
  /** Operations begun so far, the failed one included; each removed object is one. */
  operations(): number;
}

export interface FailingBucketOptions {
  /** Counted from 1. This operation and all later ones fail. */
  failAt: number;
  /** Whether the operation that fails has happened all the same: its answer was lost. @default false */
  applied?: boolean;
}

/** A bucket whose program is killed, or whose network goes, at its n-th operation. */
export function failingBucket(bucket: Bucket, { failAt, applied = false }: FailingBucketOptions): FailingBucket {
  let count = 0;
  const step = async (verb: 'read' | 'write', work: () => Promise<unknown> = async () => undefined): Promise<void> => {
    count += 1;
    if (count < failAt) return;
    if (count === failAt && applied) await work();
    throw new Fault(`persistence/${verb}-failed`, `${bucket.kind}: the bucket is gone`, { retryable: true });
  };
  return {
    kind: bucket.kind,
    operations: () => count,
    async put(...args) {
      await step('write', () => bucket.put(...args));
      await bucket.put(...args);
    },
    async get(...args) {
      await step('read');
      return bucket.get(...args);
    },
    async *list(...args) {
      await step('read');
      yield* bucket.list(...args);
    },
    async remove(names) {
      for (const name of names) {
        await step('write', () => bucket.remove([name]));
        await bucket.remove([name]);
      }
    },
  };
}
