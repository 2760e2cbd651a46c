import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { FieldKind } from '@beamline/ecs';
import type { Segment } from './byte-shuffle.ts';
import { segmentsOf, shuffle, unshuffle } from './byte-shuffle.ts';

/*
 * A page on disk, all integers little-endian:
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

export function framePage(bytes: Uint8Array, kinds: readonly FieldKind[]): Uint8Array {
  const segments = segmentsOf(bytes, kinds);
  const body = zstdCompressSync(shuffle(bytes, segments), { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  const frame = new Uint8Array(HEADER + 5 * segments.length + body.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, VERSION);
  view.setUint8(5, CODEC);
  view.setUint16(6, segments.length, true);
  view.setUint32(8, bytes.length, true);
  segments.forEach(({ length, width }, n) => {
    view.setUint32(HEADER + 5 * n, length, true);
    view.setUint8(HEADER + 5 * n + 4, width);
  });
  frame.set(body, HEADER + 5 * segments.length);
  return frame;
}

/** @throws RangeError or zlib's error for anything that is not a frame; the caller knows the page's name. */
export function unframePage(frame: Uint8Array): Uint8Array {
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
  return unshuffle(body, segments);
}
