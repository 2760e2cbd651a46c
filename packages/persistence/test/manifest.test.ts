import { describe, expect, it } from '@jest/globals';
import protobuf from 'protobufjs/light.js';
import { createFsStore } from '../src/fs.ts';
import type { PageEntry, SnapshotContent } from '../src/index.ts';
import {
  BLOCK_PAGES, contentsOf, createMemoryStore, decodeIndexBlock, decodeManifest, encodeIndexBlock, encodeManifest, formatRef, imageRoot, indexBlocks,
  parseRef, readImage, readManifest, rootOf,
} from '../src/index.ts';
import { sha256Hex } from '../src/sha256.ts';
import { imageOfWorld, sampleWorld } from './sample-world.ts';

const page = (n: number) => ({ id: sha256Hex(Uint8Array.of(n, n >> 8)), digest: `${2 ** 31 - 2 - n}-${n}`, stamp: 2 ** 40 + n });
const tables: SnapshotContent['tables'] = [
  { name: '$world', columns: [{ name: 'time', kind: 'i53' }], rows: 1, pages: [page(1)] },
  { name: 'Empty', columns: [{ name: '$entity', kind: 'eid' }], rows: 0, pages: [] },
  { name: 'Position', columns: [{ name: '$entity', kind: 'eid' }, { name: 'x', kind: 'i32' }], rows: 99_500, pages: Array.from({ length: 98 }, (_, n) => page(n + 2)) },
];
const content: SnapshotContent = {
  game: 'arena', role: 'world', process: 'p'.repeat(43), slot: 12, takenAt: 1_700_000_000_123, layout: 'ab', tables, digest: '1-2',
  parent: { process: 'p'.repeat(43), slot: 3, sha256: 'c'.repeat(64) },
};
const root = rootOf(tables.map((table) => ({ ...table, pages: table.pages.map(({ id }) => id) })));
const manifest = { ...content, root, tables: tables.map(({ pages, ...table }) => ({ ...table, blocks: indexBlocks(pages).map(({ id }) => id) })) };
const { parent: _, digest: __, takenAt: ___, ...orphan } = manifest;

async function stored(body: Uint8Array, { slot = 12, blocks = tables.flatMap(({ pages }) => indexBlocks(pages)) } = {}) {
  const store = createMemoryStore();
  const ref = { process: 'p'.repeat(43), slot, sha256: sha256Hex(body) };
  await store.putPages(blocks);
  await store.putManifest(ref, body);
  return { store, ref };
}

describe('a manifest', () => {
  it('comes back as it was written, with and without what is optional', () => {
    expect(decodeManifest(encodeManifest(manifest))).toEqual({ version: 2, ...manifest });
    expect(decodeManifest(encodeManifest(orphan))).toEqual({ version: 2, ...orphan });
  });

  it('has the same bytes for the same content: its hash is a name', () => {
    expect(encodeManifest(manifest)).toEqual(encodeManifest(structuredClone(manifest)));
  });

  it('is refused by code when it is of a version this reader does not know', () => {
    const next = encodeManifest(manifest).slice();
    expect([...next.subarray(0, 2)]).toEqual([8, 2]);
    next[1] = 3;
    expect(() => decodeManifest(next)).toThrow(expect.objectContaining({ code: 'persistence/manifest-version' }) as unknown as Error);
  });

  it('is refused by its version even when the rest reads differently there', () => {
    const writer = protobuf.Writer.create().uint32(8).uint32(9).uint32(16).uint32(5);
    expect(() => decodeManifest(writer.finish())).toThrow(expect.objectContaining({ code: 'persistence/manifest-version' }) as unknown as Error);
  });

  it('is refused when cut at any offset', () => {
    const body = encodeManifest(orphan);
    for (let length = 0; length < body.length; length += 1) {
      let outcome: unknown;
      try {
        outcome = decodeManifest(body.subarray(0, length));
      } catch (error) {
        expect((error as { code: string }).code).toMatch(/^persistence\/manifest-(damaged|version)$/);
        continue;
      }
      // Protobuf ends anywhere between fields: then the root no longer fits, which `readManifest` checks.
      expect(outcome).not.toEqual({ version: 2, ...orphan });
    }
  });

  it('is refused when it claims a root its pages do not have', async () => {
    const { store, ref } = await stored(encodeManifest({ ...manifest, root: 'f'.repeat(64) }));
    await expect(readManifest(store, ref)).rejects.toMatchObject({ code: 'persistence/hash-mismatch' });
  });

  it('is refused when it is that of another slot', async () => {
    const { store, ref } = await stored(encodeManifest(manifest), { slot: 13 });
    await expect(readManifest(store, ref)).rejects.toMatchObject({ code: 'persistence/hash-mismatch' });
  });
});

describe('an index block', () => {
  const entries = Array.from({ length: BLOCK_PAGES }, (_, n) => page(n));

  it('comes back as it was written, with and without digests', () => {
    const bare = entries.map(({ id, stamp }): PageEntry => ({ id, stamp }));
    for (const list of [entries, bare, entries.slice(0, 1), bare.slice(0, 3)]) expect(decodeIndexBlock(encodeIndexBlock(list))).toEqual(list);
  });

  it('is refused by code when it is cut at any offset, or of a later version', () => {
    const bytes = encodeIndexBlock(entries);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeIndexBlock(bytes.subarray(0, length))).toThrow(expect.objectContaining({ code: 'persistence/manifest-damaged' }) as unknown as Error);
    }
    const next = Uint8Array.from(bytes);
    next[4] = 2;
    expect(() => decodeIndexBlock(next)).toThrow(expect.objectContaining({ code: 'persistence/manifest-version' }) as unknown as Error);
  });

  it('is shared by snapshots whose pages of that stretch are the same', () => {
    const [first, second] = indexBlocks([...entries, page(200)]);
    const changed = indexBlocks([...entries, page(201)]);
    expect(changed[0]).toEqual(first);
    expect(changed[1]).not.toEqual(second);
  });
});

describe('a stored manifest', () => {
  it('is read with every page its blocks name', async () => {
    const { store, ref } = await stored(encodeManifest(manifest));
    expect(await readManifest(store, ref)).toEqual({ version: 2, ...content, root });
  });

  it('tells what it needs: every page and block once', async () => {
    const { store, ref } = await stored(encodeManifest(manifest));
    const { pages, blocks } = await contentsOf(store, ref);
    expect(new Set(pages)).toEqual(new Set(tables.flatMap((table) => table.pages.map(({ id }) => id))));
    expect(pages).toHaveLength(99);
    expect(blocks).toEqual(manifest.tables.flatMap((table) => table.blocks));
  });

  it('names the index block that is gone, and where it belongs', async () => {
    const blocks = tables.flatMap(({ pages }) => indexBlocks(pages));
    const lost = blocks.pop()!;
    const { store, ref } = await stored(encodeManifest(manifest), { blocks });
    await expect(readManifest(store, ref)).rejects.toMatchObject({
      code: 'persistence/missing', message: expect.stringContaining('index block 3 of table Position at slot 12') as unknown,
      details: { block: lost.id, table: 'Position', number: 3, slot: 12 },
    });
  });

  it('is refused when a block names fewer pages than the rows need, or is something else', async () => {
    const short = indexBlocks(tables[2]!.pages.slice(0, 97));
    const other = { id: sha256Hex(Uint8Array.of(1, 2, 3)), bytes: Uint8Array.of(1, 2, 3), kinds: [] };
    for (const last of [short[3]!, other]) {
      const wrong = { ...manifest, tables: manifest.tables.map((table) => (table.name === 'Position' ? { ...table, blocks: [...table.blocks.slice(0, 3), last.id] } : table)) };
      const { store, ref } = await stored(encodeManifest(wrong), { blocks: [...tables.flatMap(({ pages }) => indexBlocks(pages)), last] });
      await expect(readManifest(store, ref)).rejects.toMatchObject({ code: 'persistence/manifest-damaged' });
    }
  });

  it('of version 1 is read as it was published', async () => {
    const store = createFsStore({ root: new URL('fixtures/store-v1', import.meta.url).pathname });
    const refs = [];
    for await (const ref of store.list()) refs.push(ref);
    const image = imageOfWorld(sampleWorld(undefined, 40), 42);
    expect(await readImage(store, refs[0]!)).toEqual(image);
    const old = await readManifest(store, refs[0]!);
    expect(old).toMatchObject({ version: 1, slot: 42, root: imageRoot(image) });
    expect(await contentsOf(store, refs[0]!)).toEqual({ pages: [...new Set(old.tables.flatMap(({ pages }) => pages.map(({ id }) => id)))], blocks: [] });
  });
});

describe('a snapshot\'s name', () => {
  it('reads back as it was printed', () => {
    expect(parseRef(formatRef(content.parent!))).toEqual(content.parent);
  });

  it('is refused when it is something else', () => {
    for (const text of ['', 'arena', 'p@1:abc', `p@-1:${'a'.repeat(64)}`, `../p@1:${'a'.repeat(64)}`]) {
      expect(() => parseRef(text)).toThrow(expect.objectContaining({ code: 'persistence/bad-ref' }) as unknown as Error);
    }
  });
});
