import { allocate, fromPlanes, memoryOf, toPlanes, type Memory } from './cell-planes.ts';
import type { SegmentedPage } from './segmented-page.ts';

/*
 * A chunk: neighbouring pages of like columns, column by column and byte by byte, so that one compression serves many
 * pages and each run of it is of one kind. Before zstd, integers little-endian:
 *
 *   offset      size    field
 *   0           4       u32  number of pages p
 *   4           4       u32  segments of each page s (segmented-page.ts)
 *   8           4·s     u32  width of a segment's cells, 1 … 8
 *   8+4·s       4·p·s   u32  per page, per segment: length in bytes
 *   …           …       per segment, per byte of its cells: that byte of all cells, page after page
 */
const HEAD = 8;
const WIDEST = 8;

/**
 * A chunk of pages with segments of the same widths, ready for zstd.
 * @param memory used if it is large enough
 */
export function encodeChunk(pages: readonly SegmentedPage[], memory?: Memory): Uint8Array {
  const { widths } = pages[0]!;
  const head = HEAD + 4 * widths.length * (1 + pages.length);
  const size = pages.reduce((sum, { bytes }) => sum + bytes.length, head);
  const target = memory !== undefined && memory.bytes.length >= size ? memory : allocate(size);
  target.words[0] = pages.length;
  target.words[1] = widths.length;
  target.words.set(widths, 2);
  for (const [n, { lengths }] of pages.entries()) target.words.set(lengths, 2 + widths.length * (1 + n));

  const sources = pages.map(({ bytes }) => alignedMemory(bytes));
  const starts = pages.map(() => 0);
  let to = head;
  for (const [s, width] of widths.entries()) {
    let cells = 0;
    for (const { lengths } of pages) cells += lengths[s]! / width;
    let at = to;
    for (const [n, source] of sources.entries()) {
      const length = pages[n]!.lengths[s]!;
      toPlanes(source, starts[n]!, target, at, length / width, width, cells);
      starts[n]! += length;
      at += length / width;
    }
    to += cells * width;
  }
  return target.bytes.subarray(0, size);
}

/** The pages of a chunk, as views of one buffer. @throws RangeError for anything that is no chunk */
export function decodeChunk(bytes: Uint8Array): SegmentedPage[] {
  const source = alignedMemory(bytes);
  const [count = 0, segments = 0] = source.words;
  const head = HEAD + 4 * segments * (1 + count);
  if (bytes.length < HEAD || segments === 0 || head > bytes.length) throw new RangeError('not a chunk of pages');
  const widths = [...source.words.subarray(2, 2 + segments)];
  const lengths = Array.from({ length: count }, (_, n) => [...source.words.subarray(2 + segments * (1 + n), 2 + segments * (2 + n))]);
  const starts: number[] = [];
  let size = 0;
  let content = 0;
  for (const list of lengths) {
    starts.push(size);
    for (const [s, length] of list.entries()) {
      if (widths[s]! < 1 || widths[s]! > WIDEST || length % widths[s]! !== 0) throw new RangeError('impossible segment');
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
  return starts.map((start, n) => ({ bytes: plain(target.bytes, start, ends[n]!), widths, lengths: lengths[n]! }));
}

/** Words can only be read where a buffer's words begin. */
function alignedMemory(bytes: Uint8Array): Memory {
  return memoryOf(bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes));
}

/** Plain bytes: no Buffer leaves this package. */
function plain(bytes: Uint8Array, from: number, to: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from);
}

/** Cuts pages into runs with segments of the same widths, of about `bytes` each. */
export function* chunksOf<P extends SegmentedPage>(pages: Iterable<P>, bytes: number): Iterable<P[]> {
  let run: P[] = [];
  let size = 0;
  for (const page of pages) {
    if (run.length > 0 && (!same(page.widths, run[0]!.widths) || size + page.bytes.length > bytes)) {
      yield run;
      run = [];
      size = 0;
    }
    run.push(page);
    size += page.bytes.length;
  }
  if (run.length > 0) yield run;
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((width, n) => width === b[n]));
}
