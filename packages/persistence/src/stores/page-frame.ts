import { zstdDecompressSync } from 'node:zlib';
import type { SegmentedPage } from './segmented-page.ts';

/*
 * A page in a pack of version 1, read but no longer written. All integers little-endian:
 *
 *   offset  size  field
 *   0       4     magic "BLPG"
 *   4       1     version, 1
 *   5       1     codec, 1 = byte-shuffle by segment, then zstd
 *   6       2     u16  number of segments n
 *   8       4     u32  length of the canonical bytes
 *   12      5·n   per segment: u32 length, u8 width
 *   12+5·n  …     zstd frame of the shuffled bytes
 *
 * The segments stand in the frame, so a page can be read without its manifest.
 */
const MAGIC = 0x47504c42; // "BLPG"
const VERSION = 1;
const CODEC = 1;
const HEADER = 12;
/** A page holds 1,024 rows; nothing near this size is one. Bounds what a damaged header can make us allocate. */
const LARGEST_PAGE_BYTES = 256 * 1024 * 1024;

/** A run of `length` bytes holding cells of `width` bytes. */
interface Segment {
  length: number;
  width: number;
}

/** @throws RangeError or zlib's error for anything that is not a frame; the caller knows the page's name. */
export function unframePage(frame: Uint8Array): SegmentedPage {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new RangeError('not a page file');
  if (view.getUint8(4) !== VERSION || view.getUint8(5) !== CODEC) throw new RangeError('unknown page format');
  const count = view.getUint16(6, true);
  const length = view.getUint32(8, true);
  if (length > LARGEST_PAGE_BYTES) throw new RangeError('impossible page length');

  const segments: Segment[] = [];
  let total = 0;
  for (let n = 0; n < count; n += 1) {
    const segment = { length: view.getUint32(HEADER + 5 * n, true), width: view.getUint8(HEADER + 5 * n + 4) };
    if (segment.width === 0 || segment.length % segment.width !== 0) throw new RangeError('impossible segment');
    segments.push(segment);
    total += segment.length;
  }
  if (total !== length) throw new RangeError('segments do not cover the page');
  const body = zstdDecompressSync(frame.subarray(HEADER + 5 * count), { maxOutputLength: Math.max(length, 1) });
  if (body.length !== length) throw new RangeError('short page');
  return { bytes: unshuffle(body, segments), widths: segments.map(({ width }) => width), lengths: segments.map(({ length: bytes }) => bytes) };
}

/** Cells whose first bytes stand together, then all second bytes, and so on, put back together. */
function unshuffle(bytes: Uint8Array, segments: readonly Segment[]): Uint8Array {
  const result = new Uint8Array(bytes.length);
  let start = 0;
  for (const { length, width } of segments) {
    const cells = length / width;
    for (let n = 0; n < cells; n += 1) {
      for (let plane = 0; plane < width; plane += 1) result[start + n * width + plane] = bytes[start + plane * cells + n]!;
    }
    start += length;
  }
  return result;
}
