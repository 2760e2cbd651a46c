import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Fault, isFault } from '@beamline/core';
import { createMemoryStore, imageDigest, imageRoot, readImage, readManifest, writeImage } from '../src/index.ts';
import type { SnapshotStore } from '../src/index.ts';
import { createFsStore } from '../src/fs.ts';
import { failingStore } from '../src/testing.ts';
import { imageOfWorld, sampleWorld } from './sample-world.ts';

const process = 'p'.repeat(43);
const image = imageOfWorld(sampleWorld(undefined, 2500), 42);
const write = (store: SnapshotStore) => writeImage({ store, image, game: 'arena', role: 'world', process });

describe('an image written and read', () => {
  it('is the same image', async () => {
    const store = createMemoryStore();
    const { ref } = await write(store);
    expect(await readImage(store, ref)).toEqual(image);
  });

  it('is described by its manifest and its receipt', async () => {
    const store = createMemoryStore();
    const receipt = await write(store);
    const manifest = await readManifest(store, receipt.ref);
    expect(manifest).toMatchObject({ game: 'arena', role: 'world', process, slot: 42, root: imageRoot(image), digest: imageDigest(image) });
    expect(receipt).toMatchObject({ slot: 42, root: imageRoot(image), digest: imageDigest(image), pagesReused: 0 });
    expect(receipt.pages).toBe(manifest.tables.flatMap(({ pages }) => pages).length);
  });

  it('written twice is one snapshot that costs nothing the second time but its manifest', async () => {
    const store = createMemoryStore();
    const first = await write(store);
    const second = await write(store);
    expect(second.ref).toEqual(first.ref);
    expect(second.bytes).toBe((await store.getManifest(first.ref)).length);
  });

  it('puts only pages its parent lacks', async () => {
    const root = await mkdtemp(join(tmpdir(), 'images-'));
    const store = createFsStore({ root });
    const first = await write(store);
    const flat = { ...image, slot: 43, tables: image.tables.map((table) => (table.name === 'Account' ? { ...table, data: [table.data[0]!, table.data[1]!.map(() => 0)] } : table)) };
    const second = await writeImage({ store, image: flat, game: 'arena', role: 'world', process, parent: first.ref });
    expect(second).toMatchObject({ pages: first.pages, pagesReused: first.pages - 1, root: imageRoot(flat) });
    expect(await readImage(store, second.ref)).toEqual(flat);
    await rm(root, { recursive: true });
  });

  it('names page, table and slot of a page that is gone or wrong', async () => {
    const store = createMemoryStore();
    const { ref } = await write(store);
    const { tables } = await readManifest(store, ref);
    const bag = tables.find(({ name }) => name === 'Bag')!;
    for (const code of ['persistence/missing', 'persistence/hash-mismatch'] as const) {
      const damaged: SnapshotStore = {
        ...store,
        getPage: (id) => (id === bag.pages[0]!.id ? failingStoreError(code) : store.getPage(id)),
      };
      const fault = await readImage(damaged, ref).catch((error: unknown) => error);
      expect(isFault(fault, code)).toBe(true);
      expect((fault as Error).message).toContain('page 0 of table Bag at slot 42');
      expect(fault).toMatchObject({ details: { page: bag.pages[0]!.id, table: 'Bag', number: 0, slot: 42, process } });
    }
  });

  it('is whole or not listed when the store fails at any call', async () => {
    for (let failAt = 1; ; failAt += 1) {
      const store = createMemoryStore();
      const outcome = await write(failingStore(store, failAt)).then(() => 'done', (error: { code: string }) => error.code);
      for await (const ref of store.list(process)) expect(imageRoot(await readImage(store, ref))).toBe(imageRoot(image));
      if (outcome === 'done') break;
      expect(outcome).toBe('persistence/write-failed');
      expect((await write(store)).root).toBe(imageRoot(image));
    }
  });

  it('is read right or reported when the store fails at any call', async () => {
    const store = createMemoryStore();
    const { ref } = await write(store);
    for (let failAt = 1; ; failAt += 1) {
      const outcome = await readImage(failingStore(store, failAt), ref).catch((error: { code: string }) => error.code);
      if (typeof outcome !== 'string') {
        expect(outcome).toEqual(image);
        break;
      }
      expect(outcome).toBe('persistence/read-failed');
    }
  });
});

async function failingStoreError(code: 'persistence/missing' | 'persistence/hash-mismatch'): Promise<Uint8Array> {
  throw new Fault(code, 'memory: page lost');
}
