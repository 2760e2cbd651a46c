import { describe, expect, it } from '@jest/globals';
import { pageBytes, type Column, type FieldKind } from '@beamline/ecs';
import { encodeChunkPack } from '../../src/stores/chunk-pack.ts';
import { decodePackIndex } from '../../src/stores/pack-index.ts';
import { chunksOf, decodeChunk, encodeChunk } from '../../src/stores/page-chunk.ts';
import { packsOf } from '../../src/stores/pack-pages.ts';
import { segmented } from '../../src/stores/segmented-page.ts';

const KINDS: readonly FieldKind[] = ['eid', 'u8', 'u16', 'i32', 'i53', 'f64', 'str'];
const columns: readonly Column[] = KINDS.map((kind, n) => ({ name: `c${n}`, kind }));

/** Rows that exercise both the fast way, by fours, and the odd one. */
function page(rows: number, seed = 1) {
  const cells = (of: (row: number) => number | string) => Array.from({ length: rows }, (_, row) => of(row));
  const bytes = pageBytes(columns, {
    rows,
    columns: [
      cells((row) => 2 ** 20 + row), cells((row) => row % 256), cells((row) => (row * seed * 77) % 65536), cells((row) => (row - 5) * 99_991),
      cells((row) => (row - 3) * 2 ** 40), cells((row) => row / 7), cells((row) => 'ab'.repeat(row % 3)),
    ],
  });
  return part(bytes);
}

const part = (bytes: Uint8Array, kinds: readonly FieldKind[] = KINDS) => segmented({ id: '', bytes, kinds });

const hexOf = (pages: readonly { bytes: Uint8Array }[]) => pages.map(({ bytes }) => Buffer.from(bytes).toString('hex'));

describe('a chunk of pages', () => {
  it.each([[[1024]], [[1024, 1024, 1024]], [[1024, 1024, 37]], [[0]], [[3, 5, 0]]])('comes back as it went in: %p rows', (rows) => {
    const pages = rows.map((count, n) => page(count, n + 1));
    expect(hexOf(decodeChunk(encodeChunk(pages)))).toEqual(hexOf(pages));
  });

  it('comes back from memory that is not aligned, and from pages that are not', () => {
    const pages = [page(1024), page(100)].map(({ bytes }) => {
      const shifted = new Uint8Array(bytes.length + 1).subarray(1);
      shifted.set(bytes);
      return part(shifted);
    });
    const chunk = encodeChunk(pages);
    const moved = new Uint8Array(chunk.length + 3).subarray(3);
    moved.set(chunk);
    expect(hexOf(decodeChunk(moved))).toEqual(hexOf(pages));
  });

  it('comes back although its kinds do not describe it', () => {
    for (const kinds of [[], ['i53'], ['str', 'str', 'str'], ['u8', 'f64']] as FieldKind[][]) {
      for (const bytes of [page(9).bytes, new Uint8Array(0), Uint8Array.of(1, 2, 3), Uint8Array.of(255, 255, 255, 255, 1)]) {
        expect(hexOf(decodeChunk(encodeChunk([part(bytes, kinds)])))).toEqual(hexOf([{ bytes }]));
      }
    }
  });

  it('has equal bytes of neighbouring cells of all its pages side by side', () => {
    const pages = [1, 2].map((seed) => part(pageBytes([{ name: 'v', kind: 'u16' }], { rows: 2, columns: [[seed, 256 + seed]] }), ['u16']));
    expect([...encodeChunk(pages).subarray(-8)]).toEqual([1, 1, 2, 2, 0, 1, 0, 1]);
  });

  it('is refused when it is cut anywhere, and is no trap when it is flipped', () => {
    const chunk = Uint8Array.from(encodeChunk([page(3), page(2)]));
    for (let length = 0; length < chunk.length; length += 1) expect(() => decodeChunk(chunk.subarray(0, length))).toThrow(RangeError);
    for (let bit = 0; bit < chunk.length * 8; bit += 1) {
      const flipped = Uint8Array.from(chunk);
      flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
      let outcome: unknown;
      try {
        outcome = decodeChunk(flipped);
      } catch (error) {
        outcome = error instanceof RangeError ? [] : error;
      }
      expect(outcome).toBeInstanceOf(Array);
    }
  });

  it('holds pages of the same kinds only, up to a size', () => {
    const pages = [page(10), page(10), part(page(10).bytes, ['u8']), page(10), page(1000), page(10)];
    expect([...chunksOf(pages, 10_000)].map((run) => run.length)).toEqual([2, 1, 1, 1, 1]);
  });
});

it('a put is cut into packs by their size and number of pages', () => {
  const large = new Uint8Array(15 * 1024 * 1024);
  expect([...packsOf(Array.from({ length: 5 }, () => ({ id: '', bytes: large, widths: [], lengths: [] })))].map((pack) => pack.length)).toEqual([2, 2, 1]);
  expect([...packsOf(Array.from({ length: 70_000 }, () => ({ id: '', bytes: large.subarray(0, 1), widths: [], lengths: [] })))].map((pack) => pack.length)).toEqual([65_536, 4_464]);
});

describe('an index of a pack of chunks', () => {
  const ids = Array.from({ length: 5 }, (_, n) => String(n).repeat(64));
  const chunks = [{ ids: ids.slice(0, 3), frame: Uint8Array.of(1, 2, 3), rawBytes: 9 }, { ids: ids.slice(3), frame: Uint8Array.of(4), rawBytes: 5 }];
  const { bytes, headBytes, runs } = encodeChunkPack(chunks);

  it('tells where each page lies', () => {
    expect(decodePackIndex(bytes)).toEqual([
      { ids: ids.slice(0, 3), offset: headBytes, length: 3, rawBytes: 9 }, { ids: ids.slice(3), offset: headBytes + 3, length: 1, rawBytes: 5 },
    ]);
    expect(runs).toEqual(decodePackIndex(bytes));
  });

  it('is written into memory that was used before, where that is large enough', () => {
    for (const length of [bytes.length - 1, bytes.length, bytes.length + 50]) {
      const memory = new Uint8Array(length).fill(255);
      const again = encodeChunkPack(chunks, memory).bytes;
      expect(again).toEqual(bytes);
      expect(again.buffer === memory.buffer).toBe(length >= bytes.length);
    }
  });

  it('says how much of the file it needs, and is refused when anything in it is flipped', () => {
    expect(decodePackIndex(bytes.subarray(0, 20))).toEqual({ needs: headBytes });
    for (let bit = 0; bit < headBytes * 8; bit += 1) {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7));
      expect(Array.isArray(decodePackIndex(flipped))).toBe(false);
    }
  });
});
