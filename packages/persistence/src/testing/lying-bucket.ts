import type { Bucket } from '../bucket/bucket.ts';

/** How a medium breaks its promise: keeps nothing, half, or other bytes. */
export type Lie = 'nothing' | 'half' | 'bent';

/** A bucket whose n-th durable put (counted from 1) reports success and did something else. */
export function lyingBucket(bucket: Bucket, lieAt: number, lie: Lie): Bucket & { puts(): number } {
  let count = 0;
  return {
    ...bucket,
    kind: bucket.kind,
    puts: () => count,
    async put(name, bytes, options) {
      if (options?.fleeting === true) return bucket.put(name, bytes, options);
      count += 1;
      if (count !== lieAt) return bucket.put(name, bytes);
      if (lie === 'half') await bucket.put(name, bytes.subarray(0, bytes.length >> 1));
      if (lie === 'bent') await bucket.put(name, bytes.map((byte, n) => (n === bytes.length >> 1 ? byte ^ 1 : byte)));
    },
  };
}
