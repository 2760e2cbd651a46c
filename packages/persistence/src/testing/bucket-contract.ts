import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bucket, BucketEntry } from '../bucket/bucket.ts';

export interface BucketUnderTest {
  bucket: Bucket;
  /** Removes whatever the bucket left behind. */
  dispose(): Promise<void>;
}

async function listed(bucket: Bucket, prefix: string): Promise<BucketEntry[]> {
  const found: BucketEntry[] = [];
  for await (const entry of bucket.list(prefix)) found.push(entry);
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

// Jest compares typed arrays cell by cell, which takes seconds for those here.
const same = (a: Uint8Array | undefined, b: Uint8Array): boolean => a !== undefined && a.constructor === Uint8Array && Buffer.compare(a, b) === 0;
const bytes = (seed: number, length: number): Uint8Array => Uint8Array.from({ length }, (_, n) => (seed * 31 + n * 7) & 0xff);

/** The contract every `Bucket` must pass. */
export function describeBucket(kind: string, create: () => Promise<BucketUnderTest>): void {
  describe(`Bucket contract: ${kind}`, () => {
    let subject: BucketUnderTest;
    let bucket: Bucket;
    beforeEach(async () => {
      subject = await create();
      bucket = subject.bucket;
    });
    afterEach(() => subject.dispose());

    it('returns what it was given, whole and its beginning', async () => {
      for (const length of [0, 1, 70_000, 200_000]) {
        const name = `packs/object-${length}.pack`;
        await bucket.put(name, bytes(1, length));
        expect(same(await bucket.get(name), bytes(1, length))).toBe(true);
        // Nothing reads the beginning of an empty object, and services disagree about it.
        for (const part of length === 0 ? [] : [1, 100, 65_536, 131_072]) {
          const head = await bucket.get(name, part);
          expect(head!.length).toBeGreaterThanOrEqual(Math.min(part, length));
          expect(same(head, bytes(1, length).subarray(0, head!.length))).toBe(true);
        }
      }
    });

    it('replaces an object as a whole', async () => {
      await bucket.put('a/b', bytes(1, 50));
      await bucket.put('a/b', bytes(2, 20));
      expect(await bucket.get('a/b')).toEqual(bytes(2, 20));
      expect(await listed(bucket, 'a/')).toMatchObject([{ name: 'a/b' }]);
    });

    it('says of what is not there that it is not there', async () => {
      expect(await bucket.get('a/none')).toBeUndefined();
      expect(await listed(bucket, 'a/')).toEqual([]);
      await bucket.remove(['a/none', 'b/none']);
    });

    it('lists a folder and what is below it, with sizes, and nothing of others', async () => {
      for (let n = 0; n < 7; n += 1) await bucket.put(`m/p${n % 3}/${n}.manifest`, bytes(n, n * 10));
      await bucket.put('mm/other', bytes(1, 1));
      await bucket.put('loose', bytes(1, 1), { fleeting: true });
      const all = await listed(bucket, 'm/');
      expect(all.map(({ name }) => name)).toEqual(['m/p0/0.manifest', 'm/p0/3.manifest', 'm/p0/6.manifest', 'm/p1/1.manifest', 'm/p1/4.manifest', 'm/p2/2.manifest', 'm/p2/5.manifest']);
      for (const { name, sizeBytes } of all) expect(sizeBytes).toBe((await bucket.get(name))!.length);
      expect((await listed(bucket, 'm/p1/')).map(({ name }) => name)).toEqual(['m/p1/1.manifest', 'm/p1/4.manifest']);
    });

    it('removes what it is told to, fleeting or not, and only that', async () => {
      for (const name of ['a/1', 'a/2', 'b/3']) await bucket.put(name, bytes(1, 9));
      await bucket.put('a/4', bytes(1, 9), { fleeting: true });
      await bucket.remove(['a/1', 'a/4', 'b/3', 'a/none']);
      expect((await listed(bucket, 'a/')).map(({ name }) => name)).toEqual(['a/2']);
      expect(await bucket.get('b/3')).toBeUndefined();
    });

    it('does not keep the caller\'s buffer', async () => {
      const buffer = bytes(1, 40);
      await bucket.put('a/b', buffer);
      buffer.fill(0);
      (await bucket.get('a/b'))!.fill(1);
      expect(await bucket.get('a/b')).toEqual(bytes(1, 40));
    });
  });
}
