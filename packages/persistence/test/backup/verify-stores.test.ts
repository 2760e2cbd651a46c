import { describe, expect, it } from '@jest/globals';
import { contentsOf, createBucketStore, createMemoryBucket, createMemoryStore, encodeManifest, formatRef, readImage, readManifest, verifyStores, writeImage, copySnapshot, type MemoryBucket } from '../../src/index.ts';
import { indexBlocks } from '../../src/index-block.ts';
import { sha256Hex } from '../../src/sha256.ts';
import { failingStore } from '../../src/testing.ts';
import { imageOfWorld, sampleWorld } from '../sample-world.ts';

const process = 'p'.repeat(43);
const image = imageOfWorld(sampleWorld(undefined, 40), 42);

async function twoStores() {
  const [a, b] = [createMemoryBucket(), createMemoryBucket()];
  const stores = [{ name: 'a', store: createBucketStore(a) }, { name: 'b', store: createBucketStore(b) }];
  const { ref } = await writeImage({ store: stores[0]!.store, image, game: 'arena', role: 'world', process });
  await copySnapshot({ ref, to: stores[1]!, from: [stores[0]!] });
  return { a, b, ref };
}
const named = (name: string, bucket: MemoryBucket) => ({ name, store: createBucketStore(bucket) });

describe('verify', () => {
  it('finds nothing wrong with what is whole, and counts what it read', async () => {
    const { a, b, ref } = await twoStores();
    expect(await verifyStores({ stores: [named('a', a), named('b', b)] })).toEqual({ snapshots: 2, pages: 0, damage: [], unreachable: [], copied: [] });
    const { pages } = await contentsOf(createBucketStore(a), ref);
    expect(await verifyStores({ stores: [named('a', a)], full: true })).toMatchObject({ snapshots: 1, pages: pages.length, damage: [] });
  });

  it('full: names every damage that any flipped bit of any object does, says who can mend it, and mends it', async () => {
    const { a, b, ref } = await twoStores();
    let [harmless, found] = [0, 0];
    for (const [name, bytes] of [...a.objects]) {
      for (let at = 0; at < bytes.length; at += Math.max(1, Math.floor(bytes.length / 50))) {
        const bucket = createMemoryBucket(new Map(a.objects));
        bucket.objects.set(name, bytes.map((byte, n) => (n === at ? byte ^ (1 << at % 8) : byte)));
        const report = await verifyStores({ stores: [named('a', bucket), named('b', b)], full: true });
        const readable = await readImage(createBucketStore(bucket), ref).then(() => true, () => false);
        expect(report.damage.length > 0).toBe(!readable);
        if (readable) { harmless += 1; continue; }
        found += 1;
        for (const damage of report.damage) expect(damage).toMatchObject({ store: 'a', ref: formatRef(ref), mendableFrom: ['b'], mended: false });
        const mended = await verifyStores({ stores: [named('a', bucket), named('b', b)], full: true, repair: true });
        expect(mended.damage.every((damage) => damage.mended)).toBe(true);
        expect(await readImage(createBucketStore(bucket), ref)).toEqual(image);
      }
    }
    expect(found).toBeGreaterThan(50);
    expect(harmless).toBeLessThan(20);
  }, 120_000);

  it('quick: notices every object that is lost or cut, without reading a page of cells', async () => {
    const { a, b } = await twoStores();
    for (const [name, bytes] of [...a.objects]) {
      for (const left of [undefined, bytes.subarray(0, bytes.length - 1), bytes.subarray(0, bytes.length >> 1), new Uint8Array(0)]) {
        const bucket = createMemoryBucket(new Map(a.objects));
        if (left === undefined) bucket.objects.delete(name);
        else bucket.objects.set(name, left);
        const report = await verifyStores({ stores: [named('a', bucket), named('b', b)], everywhere: true });
        expect(report.damage.length).toBeGreaterThan(0);
        expect(report.damage.every(({ store, mendableFrom }) => store === 'a' && mendableFrom.includes('b'))).toBe(true);
      }
    }
  });

  it('names page, table and number of a page that is gone', async () => {
    const { a, b, ref } = await twoStores();
    const bag = (await readManifest(createBucketStore(a), ref)).tables.find(({ name }) => name === 'Bag')!;
    const id = bag.pages[0]!.id;
    const real = createBucketStore(a);
    const store = { ...real, absent: async (ids: Iterable<string>) => [...ids].filter((one) => one === id), getPage: async (one: string) => real.getPage(one === id ? 'f'.repeat(64) : one) };
    const { damage } = await verifyStores({ stores: [{ name: 'a', store }, named('b', b)] });
    expect(damage).toMatchObject([{ store: 'a', code: 'persistence/missing', what: 'page', id, table: 'Bag', number: 0, mendableFrom: ['b'] }]);
  });

  it('finds a manifest that hashes right and lies about its pages', async () => {
    const store = createMemoryStore();
    const { ref } = await writeImage({ store, image, game: 'arena', role: 'world', process });
    const manifest = await readManifest(store, ref);
    // The bag's page under the account's name and columns: hashes, root and all are consistent, the bytes are not.
    const bag = manifest.tables.find(({ name }) => name === 'Bag')!;
    const tables = manifest.tables.map((table) => (table.name === 'Account' ? { ...table, rows: bag.rows, pages: bag.pages } : table));
    const { rootOf } = await import('../../src/image-root.ts');
    const body = encodeManifest({ ...manifest, root: rootOf(tables.map((table) => ({ ...table, pages: table.pages.map(({ id }) => id) }))), tables: tables.map(({ pages, ...table }) => ({ ...table, blocks: indexBlocks(pages).map(({ id }) => id) })) });
    await store.putPages(tables.flatMap(({ pages }) => indexBlocks(pages)));
    const liar = { ...ref, sha256: sha256Hex(body) };
    await store.putManifest(liar, body);
    const { damage } = await verifyStores({ stores: [{ name: 'a', store }], full: true, refs: [liar] });
    expect(damage).toMatchObject([{ code: 'persistence/manifest-damaged', table: 'Account', what: 'page', mendableFrom: [] }]);
  });

  it('does not take a store that is away for a damaged one, and goes on with the others', async () => {
    const { a, b, ref } = await twoStores();
    for (let failAt = 1; failAt < 12; failAt += 1) {
      const report = await verifyStores({ stores: [{ name: 'a', store: failingStore(createBucketStore(a), failAt) }, named('b', b)], full: true, repair: true });
      expect(report.damage).toEqual([]);
      if (report.unreachable.length > 0) expect(report.unreachable).toMatchObject([{ store: 'a' }]);
      expect(report.snapshots).toBeGreaterThan(0);
    }
    expect(await readImage(createBucketStore(a), ref)).toEqual(image);
  });

  it('reports what nobody can mend, and mends the rest', async () => {
    const { a, b, ref } = await twoStores();
    for (const bucket of [a, b]) for (const name of [...bucket.objects.keys()]) if (name.startsWith('packs/')) bucket.objects.delete(name);
    const report = await verifyStores({ stores: [named('a', a), named('b', b)], repair: true });
    expect(report.damage.length).toBeGreaterThan(1);
    for (const damage of report.damage) expect(damage).toMatchObject({ ref: formatRef(ref), mendableFrom: [], mended: false });
  });
});
