import { expect, it } from '@jest/globals';
import { createBucketStore, createMemoryBucket, createMemoryStore, formatRef, prune, readImage, writeImage, type SnapshotRef, type SnapshotStore } from '../../src/index.ts';
import { failingStore } from '../../src/testing.ts';
import { imageOfWorld, sampleWorld } from '../sample-world.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 5, 17, 12, 30);
const image = imageOfWorld(sampleWorld(undefined, 20), 1);
/** Ten, one an hour, each with a page of its own. */
async function filled(store: SnapshotStore): Promise<SnapshotRef[]> {
  const refs: SnapshotRef[] = [];
  for (let n = 1; n <= 10; n += 1) {
    const tables = image.tables.map((table) => (table.name === 'Account' ? { ...table, data: [table.data[0]!, table.data[1]!.map(() => n)] } : table));
    refs.push((await writeImage({ store, image: { ...image, slot: n, tables }, game: 'arena', role: 'world', process: 'p'.repeat(43), takenAt: NOW - (10 - n) * HOUR })).ref);
  }
  return refs;
}
async function slotsIn(store: SnapshotStore): Promise<number[]> {
  const slots: number[] = [];
  for await (const { slot } of store.list()) slots.push(slot);
  return slots;
}

it('deletes what the policy does not keep and frees its pages', async () => {
  const bucket = createMemoryBucket();
  const store = createBucketStore(bucket);
  const refs = await filled(store);
  const before = [...bucket.objects.values()].reduce((sum, { length }) => sum + length, 0);
  const pruned = await prune({ store, policy: { last: 2 }, now: NOW, graceMs: 0 });
  expect(pruned.drop.map(({ ref }) => ref.slot)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(pruned.collected).toMatchObject({ damaged: [], writers: 0 });
  expect([...bucket.objects.values()].reduce((sum, { length }) => sum + length, 0)).toBeLessThan(before);
  expect(await slotsIn(store)).toEqual([9, 10]);
  for (const ref of refs.slice(-2)) expect((await readImage(createBucketStore(bucket), ref)).slot).toBe(ref.slot);
});

it('changes nothing on a dry run, and keeps what is pinned', async () => {
  const store = createMemoryStore();
  const refs = await filled(store);
  const plan = await prune({ store, policy: { last: 1 }, now: NOW, pinned: [refs[3]!], dryRun: true });
  expect(plan.drop).toHaveLength(8);
  expect(plan.keep.map(({ ref }) => formatRef(ref))).toEqual([formatRef(refs[3]!), formatRef(refs[9]!)]);
  expect(await slotsIn(store)).toHaveLength(10);
});

it('stopped by a failing store at any call leaves every listed snapshot readable, and finishes the next time', async () => {
  for (let failAt = 1; ; failAt += 1) {
    const store = createMemoryStore();
    await filled(store);
    const outcome = await prune({ store: failingStore(store, failAt), policy: { last: 3 }, now: NOW, graceMs: 0 }).then(() => 'done', (error: { code: string }) => error.code);
    for await (const ref of store.list()) expect((await readImage(store, ref)).slot).toBe(ref.slot);
    await prune({ store, policy: { last: 3 }, now: NOW, graceMs: 0 });
    expect(await slotsIn(store)).toEqual([8, 9, 10]);
    if (outcome === 'done') break;
  }
});

it('keeps a snapshot whose manifest is damaged, and with it everything, until a person decides', async () => {
  const bucket = createMemoryBucket();
  const store = createBucketStore(bucket);
  await filled(store);
  const name = [...bucket.objects.keys()].find((one) => one.includes('manifests/') && one.includes('0000000000000001-'))!;
  bucket.objects.set(name, bucket.objects.get(name)!.map((byte) => byte ^ 1));
  await expect(prune({ store, policy: { last: 1 }, now: NOW, graceMs: 0 })).rejects.toMatchObject({ code: 'persistence/collect-unsafe' });
  expect(await slotsIn(store)).toEqual([1, 10]);
});
