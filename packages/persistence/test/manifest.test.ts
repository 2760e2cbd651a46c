import { describe, expect, it } from '@jest/globals';
import protobuf from 'protobufjs/light.js';
import type { Manifest } from '../src/index.ts';
import { createMemoryStore, decodeManifest, encodeManifest, formatRef, parseRef, readManifest } from '../src/index.ts';
import { rootOf } from '../src/image-root.ts';
import { sha256Hex } from '../src/sha256.ts';

const page = (n: number) => ({ id: sha256Hex(Uint8Array.of(n)), digest: `${2 ** 31 - 2 - n}-${n}`, stamp: 2 ** 40 + n });
const tables: Manifest['tables'] = [
  { name: '$world', columns: [{ name: 'time', kind: 'i53' }], rows: 1, pages: [page(1)] },
  { name: 'Empty', columns: [{ name: '$entity', kind: 'eid' }], rows: 0, pages: [] },
  { name: 'Position', columns: [{ name: '$entity', kind: 'eid' }, { name: 'x', kind: 'i32' }], rows: 1500, pages: [page(2), page(3)] },
];
const manifest: Manifest = {
  version: 1, game: 'arena', role: 'world', process: 'p'.repeat(43), slot: 12, layout: 'ab', tables,
  root: rootOf(tables.map((table) => ({ ...table, pages: table.pages.map(({ id }) => id) }))), digest: '1-2',
  parent: { process: 'p'.repeat(43), slot: 3, sha256: 'c'.repeat(64) },
};
const { parent: _, ...orphan } = manifest;

async function stored(body: Uint8Array, slot = 12) {
  const store = createMemoryStore();
  const ref = { process: 'p'.repeat(43), slot, sha256: sha256Hex(body) };
  await store.putManifest(ref, body);
  return { store, ref };
}

describe('a manifest', () => {
  it('comes back as it was written, with and without a parent', () => {
    expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest);
    expect(decodeManifest(encodeManifest(orphan))).toEqual(orphan);
  });

  it('has the same bytes for the same content: its hash is a name', () => {
    expect(encodeManifest(manifest)).toEqual(encodeManifest(structuredClone(manifest)));
  });

  it('is refused by code when it is of a version this reader does not know', () => {
    const next = encodeManifest(manifest).slice();
    expect([...next.subarray(0, 2)]).toEqual([8, 1]);
    next[1] = 2;
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
      expect(outcome).not.toEqual(orphan);
    }
  });

  it('is refused when it claims a root its pages do not have', async () => {
    const { store, ref } = await stored(encodeManifest({ ...manifest, root: 'f'.repeat(64) }));
    await expect(readManifest(store, ref)).rejects.toMatchObject({ code: 'persistence/hash-mismatch' });
  });

  it('is refused when it is that of another slot', async () => {
    const { store, ref } = await stored(encodeManifest(manifest), 13);
    await expect(readManifest(store, ref)).rejects.toMatchObject({ code: 'persistence/hash-mismatch' });
  });
});

describe('a snapshot\'s name', () => {
  it('reads back as it was printed', () => {
    expect(parseRef(formatRef(manifest.parent!))).toEqual(manifest.parent);
  });

  it('is refused when it is something else', () => {
    for (const text of ['', 'arena', 'p@1:abc', `p@-1:${'a'.repeat(64)}`, `../p@1:${'a'.repeat(64)}`]) {
      expect(() => parseRef(text)).toThrow(expect.objectContaining({ code: 'persistence/bad-ref' }) as unknown as Error);
    }
  });
});
