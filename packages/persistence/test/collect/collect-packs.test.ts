import { describe, expect, it } from '@jest/globals';
import { isFault } from '@beamline/core';
import { createBucketStore, createMemoryBucket, formatRef, type Bucket, type MemoryBucket, type Page, type SnapshotRef, type SnapshotStore } from '../../src/index.ts';
import { sha256Hex } from '../../src/sha256.ts';
import { failingBucket } from '../../src/testing.ts';
import { pausingBucket } from './pausing-bucket.ts';

const PROCESS = 'p'.repeat(43);
const page = (seed: number): Page => {
  const bytes = new Uint8Array(4 + 64).fill(seed);
  new DataView(bytes.buffer).setUint32(0, 64, true);
  return { id: sha256Hex(bytes), bytes, kinds: ['u8'] };
};
const idsOf = (seeds: readonly number[]) => seeds.map((seed) => page(seed).id);

/** A snapshot whose manifest is the list of its pages. */
function snapshot(slot: number, seeds: readonly number[]) {
  const body = new TextEncoder().encode(JSON.stringify({ slot, ids: idsOf(seeds) }));
  return { ref: { process: PROCESS, slot, sha256: sha256Hex(body) }, body, ids: idsOf(seeds) };
}
const contentsIn = (store: SnapshotStore) => async (ref: SnapshotRef) =>
  (JSON.parse(new TextDecoder().decode(await store.getManifest(ref))) as { ids: string[] }).ids;

async function put(store: SnapshotStore, slot: number, seeds: readonly number[], given: readonly number[] = seeds): Promise<SnapshotRef> {
  const { ref, body, ids } = snapshot(slot, seeds);
  await store.putPages(given.map(page));
  await store.putManifest(ref, body, ids);
  return ref;
}
const collect = (store: SnapshotStore, now = 1) => store.collect!({ contentsOf: contentsIn(store), now, graceMs: 0, writerTimeoutMs: 1_000 });

async function listed(store: SnapshotStore): Promise<SnapshotRef[]> {
  const refs: SnapshotRef[] = [];
  for await (const ref of store.list()) refs.push(ref);
  return refs;
}

/** The one promise: whatever is listed can be read whole. */
async function expectAllReadable(bucket: Bucket): Promise<string[]> {
  const store = createBucketStore(bucket);
  const refs = await listed(store);
  for (const ref of refs) for (const id of await contentsIn(store)(ref)) expect((await store.getPage(id)).length).toBe(68);
  return refs.map(formatRef);
}

/** Three snapshots that share pages, the first and the last deleted: packs with nothing, half and all of what lives. */
async function usedStore(): Promise<MemoryBucket> {
  const bucket = createMemoryBucket();
  const store = createBucketStore(bucket);
  const first = await put(store, 1, [1, 2, 3, 4, 5]);
  await put(store, 2, [1, 6, 7, 8, 9, 10]);
  const last = await put(store, 3, [1, 8, 11, 12]);
  await store.delete([first, last]);
  return bucket;
}
const copyOf = (bucket: MemoryBucket) => createMemoryBucket(new Map(bucket.objects));
const packsOf = (bucket: MemoryBucket) => [...bucket.objects.keys()].filter((name) => name.startsWith('packs/'));

/** A writer as programs are: what it meets is a reason to begin again. It shares living, dead and new pages. */
async function write(bucket: Bucket, slot = 4, seeds: readonly number[] = [1, 2, 3, 6, 11, 20]): Promise<SnapshotRef> {
  const store = createBucketStore(bucket);
  for (let tries = 0; ; tries += 1) {
    try {
      return await put(store, slot, seeds);
    } catch (error) {
      if (!isFault(error, 'persistence/incomplete') || tries > 5) throw error;
    }
  }
}

describe('a collection', () => {
  it('frees what nothing needs, rewrites packs that hold little, and leaves nothing of itself but its ledger', async () => {
    const bucket = await usedStore();
    expect(await collect(createBucketStore(bucket))).toMatchObject({ live: 6, removed: 2, moved: 1, waiting: 0, writers: 0, damaged: [] });
    await expectAllReadable(bucket);
    expect(packsOf(bucket)).toHaveLength(2);
    expect([...bucket.objects.keys()].filter((name) => /^(doomed|writers)/.test(name))).toEqual([]);
  });

  it('merges small packs once there are many', async () => {
    const bucket = createMemoryBucket();
    const store = createBucketStore(bucket);
    for (let n = 0; n < 20; n += 1) await put(store, n, [n]);
    expect(packsOf(bucket)).toHaveLength(20);
    await collect(store);
    expect(packsOf(bucket)).toHaveLength(1);
    expect(await expectAllReadable(bucket)).toHaveLength(20);
  });

  it('killed at any operation leaves every snapshot readable, and the next one finishes', async () => {
    const used = await usedStore();
    for (const applied of [false, true]) {
      for (let failAt = 1; ; failAt += 1) {
        const bucket = copyOf(used);
        const outcome = await collect(createBucketStore(failingBucket(bucket, { failAt, applied })))
          .then(() => 'done', (error: { code: string }) => error.code);
        expect(await expectAllReadable(bucket)).toHaveLength(1);
        await collect(createBucketStore(bucket));
        await collect(createBucketStore(bucket));
        expect(await expectAllReadable(bucket)).toHaveLength(1);
        expect(packsOf(bucket).length).toBeLessThanOrEqual(2);
        if (outcome === 'done') break;
        expect(outcome).toMatch(/^persistence\/(read|write)-failed$|^persistence\/collect-unsafe$/);
        expect(failAt).toBeLessThan(200);
      }
    }
  });

  it('with a writer beside it, interleaved at every pair of operations, takes nothing the writer relies on', async () => {
    const used = await usedStore();
    const pairs = await everyInterleaving(used, (bucket) => collect(createBucketStore(bucket)), (bucket) => write(bucket));
    expect(pairs).toBeGreaterThan(200);
  }, 120_000);

  it('with a second collection beside it, interleaved at every pair of operations, loses no page to their agreement', async () => {
    // Two packs with the same living pages, each of which could be the one that stays.
    const bucket = createMemoryBucket();
    for (const slot of [1, 2]) await putUnaware(bucket, slot, [1, 2, 3, 30 + slot, 40 + slot, 50 + slot, 60 + slot]);
    expect(packsOf(bucket)).toHaveLength(2);
    const store = createBucketStore(bucket);
    await put(store, 3, [1, 2, 3]);
    await store.delete((await listed(store)).filter(({ slot }) => slot < 3));
    const pairs = await everyInterleaving(bucket, (one) => collect(createBucketStore(one)), (two) => collect(createBucketStore(two)));
    expect(pairs).toBeGreaterThan(200);
  }, 120_000);

  it('with a killed writer, its packs and its announcement, waits for it as long as it should and then cleans up', async () => {
    for (let failAt = 1; ; failAt += 1) {
      const bucket = await usedStore();
      const outcome = await write(failingBucket(bucket, { failAt, applied: true })).then(() => 'done', () => 'killed');
      const before = await expectAllReadable(bucket);
      for (const now of [1, 500, 1_500, 3_000]) await collect(createBucketStore(bucket), now);
      expect(await expectAllReadable(bucket)).toEqual(before);
      expect([...bucket.objects.keys()].filter((name) => /^(doomed|writers)/.test(name))).toEqual([]);
      if (outcome === 'done') break;
    }
  });

  it('never counts on a copy it has not read: of two, the damaged one is not the one that stays', async () => {
    const bucket = createMemoryBucket();
    for (const slot of [1, 2]) await putUnaware(bucket, slot, slot === 1 ? [1, 2, 3, 4, 5, 6, 7, 8] : [1, 2]);
    const [large] = [...bucket.objects].filter(([name]) => name.startsWith('packs/')).sort((a, b) => b[1].length - a[1].length);
    large![1].fill(0, large![1].length - 20); // its pages, not its index
    const store = createBucketStore(bucket);
    await store.delete((await listed(store)).filter(({ slot }) => slot === 1));
    expect(packsOf(bucket)).toHaveLength(2);
    await collect(store);
    await expectAllReadable(bucket);
  });

  it('keeps what may hold the remains of a page that is nowhere whole, and names it', async () => {
    const bucket = createMemoryBucket();
    const store = createBucketStore(bucket);
    const first = await put(store, 1, [1, 2, 3, 4, 5, 6]);
    await put(store, 2, [1]);
    await store.delete([first]);
    const [pack] = packsOf(bucket);
    const bytes = bucket.objects.get(pack!)!;
    bytes.fill(0, bytes.length - 20); // the end of what its pages are compressed into
    const report = await collect(createBucketStore(bucket));
    expect(report).toMatchObject({ removed: 0, damaged: idsOf([1]) });
    expect(packsOf(bucket)).toContain(pack);
  });

  it('keeps a pack it cannot read while anything is lacking, and removes it once nothing is', async () => {
    const bucket = createMemoryBucket();
    const store = createBucketStore(bucket);
    await put(store, 1, [1, 2]);
    const [pack] = packsOf(bucket);
    bucket.objects.get(pack!)!.fill(0, 0, 8);
    expect(await collect(createBucketStore(bucket))).toMatchObject({ removed: 0 });
    expect(packsOf(bucket)).toEqual([pack]);
    await createBucketStore(bucket).putPages([page(1), page(2)]);
    expect(await collect(createBucketStore(bucket))).toMatchObject({ removed: 1 });
    await expectAllReadable(bucket);
  });

  it('does nothing more when it is told to stop', async () => {
    const bucket = await usedStore();
    const before = [...bucket.objects.keys()];
    const store = createBucketStore(bucket);
    const stopped = store.collect!({ contentsOf: contentsIn(store), now: 1, graceMs: 0 }, AbortSignal.abort(new Error('enough')));
    await expect(stopped).rejects.toThrow('enough');
    expect([...bucket.objects.keys()]).toEqual(before);
  });
});

/** One actor up to its k-th operation, the other up to its j-th, then both to their ends, in both orders. Resolves to the number of pairs. */
async function everyInterleaving(used: MemoryBucket, one: (bucket: Bucket) => Promise<unknown>, two: (bucket: Bucket) => Promise<unknown>): Promise<number> {
  const lengthOf = async (actor: (bucket: Bucket) => Promise<unknown>): Promise<number> => {
    const counted = pausingBucket(copyOf(used), Infinity);
    await actor(counted.bucket);
    return counted.operations();
  };
  const [lengthOne, lengthTwo] = [await lengthOf(one), await lengthOf(two)];
  let pairs = 0;
  for (let k = 1; k <= lengthOne; k += 1) {
    for (let j = 1; j <= lengthTwo; j += 1) {
      for (const oneFirst of [true, false]) {
        const bucket = copyOf(used);
        const [a, b] = [pausingBucket(bucket, k), pausingBucket(bucket, j)];
        const running = one(a.bucket);
        await Promise.race([a.reached, running]);
        const other = two(b.bucket);
        await Promise.race([b.reached, other]);
        (oneFirst ? a : b).resume();
        await (oneFirst ? running : other);
        (oneFirst ? b : a).resume();
        await running;
        const outcome = await other;
        const refs = await expectAllReadable(bucket);
        expect(refs.length).toBeGreaterThan(0);
        if (isRef(outcome)) expect(refs).toContain(formatRef(outcome));
        await collect(createBucketStore(bucket), 5_000);
        expect(await expectAllReadable(bucket)).toEqual(refs);
        pairs += 1;
      }
    }
  }
  return pairs;
}

const isRef = (outcome: unknown): outcome is SnapshotRef => typeof (outcome as { sha256?: unknown }).sha256 === 'string';

/** A writer that looked before the others had written: it writes its pages whatever is there. */
async function putUnaware(bucket: Bucket, slot: number, seeds: readonly number[]): Promise<SnapshotRef> {
  let looks = 0;
  const early: Bucket = { ...bucket, kind: bucket.kind, async *list(prefix) { if (prefix !== 'packs/' || (looks += 1) > 1) yield* bucket.list(prefix); } };
  return put(createBucketStore(early), slot, seeds);
}
