import type { Bucket } from '../../src/index.ts';

export interface PausingBucket {
  bucket: Bucket;
  /** Resolves when the operation it pauses before is reached; never when there are fewer. */
  reached: Promise<void>;
  resume(): void;
  operations(): number;
}

/** A bucket that stops before its n-th operation (counted from 1) until it is told to go on. */
export function pausingBucket(bucket: Bucket, pauseAt: number): PausingBucket {
  let count = 0;
  let arrive = (): void => undefined;
  let go = (): void => undefined;
  const reached = new Promise<void>((resolve) => { arrive = resolve; });
  const resumed = new Promise<void>((resolve) => { go = resolve; });
  const step = async (): Promise<void> => {
    count += 1;
    if (count !== pauseAt) return;
    arrive();
    await resumed;
  };
  return {
    reached,
    resume: () => go(),
    operations: () => count,
    bucket: {
      kind: bucket.kind,
      async put(...args) { await step(); return bucket.put(...args); },
      async get(...args) { await step(); return bucket.get(...args); },
      async *list(prefix) { await step(); yield* bucket.list(prefix); },
      async remove(names) { for (const name of names) { await step(); await bucket.remove([name]); } },
    },
  };
}
