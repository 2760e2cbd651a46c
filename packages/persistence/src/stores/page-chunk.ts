import type { FieldKind } from '@beamline/ecs';
import { CELL_WIDTH } from '../columns/cell-width.ts';
import type { Page } from '../snapshot-store.ts';
import { allocate, fromPlanes, memoryOf, toPlanes, type Memory } from './cell-planes.ts';

/*
 * A chunk: neighbouring pages of like columns, column by column and byte by byte, so that one compression serves many
 * pages and each run of it is of one kind. Before zstd, integers little-endian:
 *
 *   offset      size    field
 *   0           4       u32  number of pages p
 *   4           4       u32  segments of each page s: the row count, then the columns; a column of text is two
 *   8           4·s     u32  width of a segment's cells
 *   8+4·s       4·p·s   u32  per page, per segment: length in bytes
 *   …           …       per segment, per byte of its cells: that byte of all cells, page after page
 *
 * Bytes that the kinds don't account for (a wrong hint) end in one segment of width 1: they compress worse, and come back.
 */
const MAX_SEGMENTS = 8192;

/** Widths of the segments that pages of these kinds have, the rest included. */
function widthsOf(kinds: readonly FieldKind[]): number[] {
  return [4, ...kinds.flatMap((kind) => (kind === 'str' ? [4, 1] : [CELL_WIDTH[kind]])), 1];
}

/** Lengths of a page's segments: as many as `widthsOf`, some of them 0. */
function lengthsOf(bytes: Uint8Array, kinds: readonly FieldKind[]): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lengths: number[] = [];
  let left = bytes.length;
  let fits = true;
  const take = (length: number): void => {
    fits &&= length <= left;
    lengths.push(fits ? length : 0);
    if (fits) left -= length;
  };
  take(4);
  const rows = fits ? view.getUint32(0, true) : 0;
  for (const kind of kinds) {
    if (kind !== 'str') {
      take(rows * CELL_WIDTH[kind]);
      continue;
    }
    const start = bytes.length - left;
    take(rows * 4);
    let text = 0;
    if (fits) for (let row = 0; row < rows; row += 1) text += view.getUint32(start + row * 4, true);
    take(text);
  }
  lengths.push(left);
  return lengths;
}

/**
 * A chunk of pages of the same kinds, ready for zstd.
 * @param memory used if it is large enough
 */
export function encodeChunk(pages: readonly Pick<Page, 'bytes' | 'kinds'>[], memory?: Memory): Uint8Array {
  const { kinds } = pages[0]!;
  const widths = widthsOf(kinds);
  const lengths = pages.map(({ bytes }) => lengthsOf(bytes, kinds));
  const head = 8 + 4 * widths.length * (1 + pages.length);
  const size = pages.reduce((sum, { bytes }) => sum + bytes.length, head);
  const target = memory !== undefined && memory.bytes.length >= size ? memory : allocate(size);
  target.words[0] = pages.length;
  target.words[1] = widths.length;
  target.words.set(widths, 2);
  for (const [n, list] of lengths.entries()) target.words.set(list, 2 + widths.length * (1 + n));

  const sources = pages.map(({ bytes }) => alignedMemory(bytes));
  const starts = pages.map(() => 0);
  let to = head;
  for (const [s, width] of widths.entries()) {
    const cells = lengths.reduce((sum, list) => sum + list[s]! / width, 0);
    let at = to;
    for (const [n, source] of sources.entries()) {
      const length = lengths[n]![s]!;
      toPlanes(source, starts[n]!, target, at, length / width, width, cells);
      starts[n]! += length;
      at += length / width;
    }
    to += cells * width;
  }
  return target.bytes.subarray(0, size);
}

/** The pages of a chunk, as views of one buffer. @throws RangeError for anything that is no chunk */
export function decodeChunk(bytes: Uint8Array): Uint8Array[] {
  const source = alignedMemory(bytes);
  const [count = 0, segments = 0] = source.words;
  const head = 8 + 4 * segments * (1 + count);
  if (bytes.length < 8 || segments === 0 || segments > MAX_SEGMENTS || head > bytes.length) throw new RangeError('not a chunk of pages');
  const widths = source.words.subarray(2, 2 + segments);
  const lengths = Array.from({ length: count }, (_, n) => source.words.subarray(2 + segments * (1 + n), 2 + segments * (2 + n)));
  const starts: number[] = [];
  let size = 0;
  let content = 0;
  for (const list of lengths) {
    starts.push(size);
    for (const [s, length] of list.entries()) {
      if (widths[s]! === 0 || length % widths[s]! !== 0) throw new RangeError('impossible segment');
      size += length;
      content += length;
    }
    size = (size + 7) & ~7;
  }
  if (head + content !== bytes.length) throw new RangeError('segments do not cover the chunk');

  const target = allocate(size);
  const ends = starts.slice();
  let from = head;
  for (const [s, width] of widths.entries()) {
    let cells = 0;
    for (const list of lengths) cells += list[s]! / width;
    let at = from;
    for (const [n, list] of lengths.entries()) {
      fromPlanes(source, at, target, ends[n]!, list[s]! / width, width, cells);
      at += list[s]! / width;
      ends[n]! += list[s]!;
    }
    from += cells * width;
  }
  return starts.map((start, n) => target.bytes.subarray(start, ends[n]));
}

/** Words can only be read where a buffer's words begin. */
function alignedMemory(bytes: Uint8Array): Memory {
  return memoryOf(bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes));
}

/** Cuts pages into runs of the same kinds, of about `bytes` each. */
export function* chunksOf<P extends Pick<Page, 'bytes' | 'kinds'>>(pages: Iterable<P>, bytes: number): Iterable<P[]> {
  let run: P[] = [];
  let size = 0;
  for (const page of pages) {
    if (run.length > 0 && (!sameKinds(page.kinds, run[0]!.kinds) || size + page.bytes.length > bytes)) {
      yield run;
      run = [];
      size = 0;
    }
    run.push(page);
    size += page.bytes.length;
  }
  if (run.length > 0) yield run;
}

function sameKinds(a: readonly FieldKind[], b: readonly FieldKind[]): boolean {
  return a === b || (a.length === b.length && a.every((kind, n) => kind === b[n]));
}
