import { describe, expect, it } from '@jest/globals';
import { Fault, isFault } from '@beamline/core';
import {
  contentsOf, copySnapshot, createBucketStore, createMemoryBucket, createMemoryStore, readImage, replicated, writeImage,
  type NamedStore, type SnapshotRef, type SnapshotStore,
} from '../../src/index.ts';
import { describeSnapshotStore, failingStore } from '../../src/testing.ts';
import { imageOfWorld, sampleWorld } from '../sample-world.ts';

const image = imageOfWorld(sampleWorld(undefined, 60), 42);
const write = (store: SnapshotStore, slot = 42, parent?: SnapshotRef) =>
  writeImage({ store, image: { ...image, slot }, game: 'arena', role: 'world', process: 'p'.repeat(43), ...(parent && { parent }) });
const bucketStore = (name: string) => {
  const bucket = createMemoryBucket();
  return { name, bucket, store: createBucketStore(bucket) };
};
const refsOf = async (store: SnapshotStore) => {
  const refs: SnapshotRef[] = [];
  for await (const ref of store.list()) refs.push(ref);
  return refs;
};
const gone: SnapshotStore = failingStore(createMemoryStore(), 1);

describeSnapshotStore('replicated', async () => ({
  store: replicated({ stores: [{ name: 'a', store: createMemoryStore() }, bucketStore('b')] }), dispose: async () => undefined,
}));

describe('several stores as one', () => {
  it('hold everything each', async () => {
    const stores = [bucketStore('a'), bucketStore('b')];
    const { ref } = await write(replicated({ stores }));
    for (const { store } of stores) expect(await readImage(store, ref)).toEqual(image);
  });

  it('count a snapshot as taken only when as many took it as the policy says, and tell which failed', async () => {
    const outcomes = await Promise.all((['all', 3, 2, 1] as const).map(async (policy) => {
      const failed: string[] = [];
      const store = replicated({ stores: [bucketStore('a'), { name: 'dead', store: gone }, bucketStore('c')], write: policy, onFault: (name) => failed.push(name) });
      return { policy, failed, outcome: await write(store).then(() => 'taken', (fault: Fault) => `${fault.code} ${String(fault.details['failed'])} ${fault.retryable}`) };
    }));
    expect(outcomes).toEqual([
      { policy: 'all', failed: ['dead'], outcome: 'persistence/write-failed dead true' },
      { policy: 3, failed: ['dead'], outcome: 'persistence/write-failed dead true' },
      { policy: 2, failed: ['dead', 'dead'], outcome: 'taken' },
      { policy: 1, failed: ['dead', 'dead'], outcome: 'taken' },
    ]);
  });

  it('refuse a policy that cannot be', () => {
    for (const [count, policy] of [[0, 'all'], [2, 3], [2, 0], [2, 1.5]] as const) {
      const stores = Array.from({ length: count }, (_, n) => bucketStore(String(n)));
      expect(() => replicated({ stores, write: policy })).toThrow(expect.objectContaining({ code: 'persistence/bad-policy' }) as unknown as Error);
    }
  });

  it('read whatever one of them still has, and report what is damaged everywhere', async () => {
    const [a, b] = [bucketStore('a'), bucketStore('b')];
    const { ref } = await write(replicated({ stores: [a, b] }));
    for (const name of [...a.bucket.objects.keys()]) {
      const kept = a.bucket.objects.get(name)!;
      for (const damage of [undefined, new Uint8Array(3)]) {
        if (damage === undefined) a.bucket.objects.delete(name);
        else a.bucket.objects.set(name, damage);
        const anew = [{ name: 'a', store: createBucketStore(a.bucket) }, { name: 'b', store: createBucketStore(b.bucket) }];
        expect(await readImage(replicated({ stores: anew }), ref)).toEqual(image);
        expect(await readImage(replicated({ stores: [{ name: 'dead', store: gone }, ...anew] }), ref)).toEqual(image);
        const alone = await readImage(replicated({ stores: [anew[0]!] }), ref).catch((error: unknown) => error);
        expect(isFault(alone)).toBe(true);
        expect((alone as Fault).message).toContain('a: memory: ');
      }
      a.bucket.objects.set(name, kept);
    }
  });

  it('give no manifest to a store that missed its pages, whichever call failed', async () => {
    for (let failAt = 1; failAt <= 4; failAt += 1) {
      for (const make of [() => createBucketStore(createMemoryBucket()), () => createMemoryStore()]) {
        const limping = make();
        let calls = 0;
        const once: SnapshotStore = {
          ...limping,
          putPages: async (pages) => { calls += 1; if (calls === failAt) throw new Fault('persistence/write-failed', 'away for a moment', { retryable: true }); return limping.putPages(pages); },
          putManifest: async (...args) => { calls += 1; if (calls === failAt) throw new Fault('persistence/write-failed', 'away for a moment', { retryable: true }); return limping.putManifest(...args); },
        };
        const stores = [bucketStore('good'), { name: 'limping', store: once }];
        const both = replicated({ stores, write: 1 });
        const first = await write(both);
        const second = await write(both, 43, first.ref);
        for (const ref of await refsOf(limping)) expect((await readImage(limping, ref)).tables).toEqual(image.tables);
        expect((await refsOf(both)).length).toBe(2);
        for (const { ref } of [first, second]) {
          await copySnapshot({ ref, to: { name: 'limping', store: limping }, from: stores.slice(0, 1) });
          expect((await readImage(limping, ref)).tables).toEqual(image.tables);
        }
      }
    }
  });

  it('delete everywhere, and say when one did not', async () => {
    const stores = [bucketStore('a'), bucketStore('b')];
    const { ref } = await write(replicated({ stores }));
    await replicated({ stores }).delete([ref]);
    for (const { store } of stores) expect(await refsOf(store)).toEqual([]);
    await expect(replicated({ stores: [...stores, { name: 'dead', store: gone }], write: 1 }).delete([ref])).rejects.toMatchObject({ code: 'persistence/write-failed', details: { failed: 'dead' } });
  });
});

describe('a snapshot copied', () => {
  const source = async () => {
    const from = bucketStore('from');
    const { ref } = await write(from.store);
    return { from, ref };
  };

  it('is whole in the other store, and copied again costs nothing', async () => {
    const { from, ref } = await source();
    const to = bucketStore('to');
    const { pages, blocks } = await contentsOf(from.store, ref);
    expect(await copySnapshot({ ref, to, from: [from] })).toMatchObject({ pages: pages.length + blocks.length, manifest: true });
    expect(await readImage(to.store, ref)).toEqual(image);
    expect(await copySnapshot({ ref, to, from: [from] })).toEqual({ ref, pages: 0, bytes: 0, manifest: false });
  });

  it('is listed whole or not at all when either store fails at any call, and a repetition completes it', async () => {
    const { from, ref } = await source();
    for (const side of ['to', 'from'] as const) {
      for (let failAt = 1; ; failAt += 1) {
        const to = bucketStore('to');
        const outcome = await copySnapshot({
          ref,
          to: { name: 'to', store: side === 'to' ? failingStore(to.store, failAt) : to.store },
          from: [{ name: 'from', store: side === 'from' ? failingStore(from.store, failAt) : from.store }],
        }).then(() => 'done', (error: Fault) => error.code);
        for (const listed of await refsOf(to.store)) expect(await readImage(to.store, listed)).toEqual(image);
        await copySnapshot({ ref, to, from: [from] });
        expect(await readImage(to.store, ref)).toEqual(image);
        if (outcome === 'done') break;
        expect(outcome).toMatch(/^persistence\/(read|write)-failed$/);
      }
    }
  });

  it('mends a store in which any single object is lost or damaged at any byte', async () => {
    const { from, ref } = await source();
    const whole = bucketStore('to');
    await copySnapshot({ ref, to: whole, from: [from] });
    for (const [name, bytes] of [...whole.bucket.objects]) {
      for (let at = -1; at < bytes.length; at += Math.max(1, Math.floor(bytes.length / 50))) {
        const bucket = createMemoryBucket(new Map(whole.bucket.objects));
        if (at < 0) bucket.objects.delete(name);
        else bucket.objects.set(name, bytes.map((byte, n) => (n === at ? byte ^ (1 << at % 8) : byte)));
        const to: NamedStore = { name: 'to', store: createBucketStore(bucket) };
        await copySnapshot({ ref, to, from: [from], thorough: true });
        expect((await readImage(createBucketStore(bucket), ref)).tables).toEqual(image.tables);
      }
    }
  }, 120_000);

  it('names the page that is whole nowhere, and lists nothing it cannot keep', async () => {
    const { from, ref } = await source();
    const [lost] = (await contentsOf(from.store, ref)).pages;
    const blind: SnapshotStore = { ...from.store, getPage: async (id) => { if (id === lost) throw new Fault('persistence/missing', `page ${id} does not exist`); return from.store.getPage(id); } };
    const to = bucketStore('to');
    const fault = await copySnapshot({ ref, to, from: [{ name: 'from', store: blind }] }).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'persistence/unrepairable' });
    expect((fault as Fault).message).toContain(lost);
    expect(await refsOf(to.store)).toEqual([]);
  });
});
