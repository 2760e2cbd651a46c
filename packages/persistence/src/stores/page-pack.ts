import { crc32 } from 'node:zlib';
import type { PageId } from '../snapshot-store.ts';

/*
 * A pack holds the pages of one put, so that a snapshot costs a handful of fsyncs and not one per page. All integers
 * little-endian:
 *
 *   offset   size   field
 *   0        4      magic "BLPK"
 *   4        4      u32  version, 1
 *   8        4      u32  number of pages n, at most 1,024
 *   12       40·n   per page: 32 bytes id, u32 offset from the start of the file, u32 length
 *   12+40·n  4      u32  CRC-32 of everything before
 *   16+40·n  …      page frames (page-frame.ts)
 *
 * The index stands in front: of a pack that was cut, the pages before the cut are still found, those behind are named.
 */
const MAGIC = 0x4b504c42; // "BLPK"
const VERSION = 1;
const HEADER = 12;
const ENTRY = 40;

export const MAX_PACK_PAGES = 1024;
/** Frames of about this size; a larger page has a pack of its own. Readers take a pack into memory as a whole. */
const MAX_PACK_BYTES = 16 * 1024 * 1024;
/** Enough of any pack to read its index. */
export const PACK_HEAD_BYTES = HEADER + ENTRY * MAX_PACK_PAGES + 4;

export interface FramedPage {
  id: PageId;
  frame: Uint8Array;
}

export interface PackEntry {
  id: PageId;
  offset: number;
  length: number;
}

export function encodePack(pages: readonly FramedPage[]): Uint8Array {
  const headBytes = HEADER + ENTRY * pages.length + 4;
  const pack = Buffer.alloc(pages.reduce((sum, { frame }) => sum + frame.length, headBytes));
  pack.writeUInt32LE(MAGIC, 0);
  pack.writeUInt32LE(VERSION, 4);
  pack.writeUInt32LE(pages.length, 8);
  let offset = headBytes;
  for (const [n, { id, frame }] of pages.entries()) {
    const at = HEADER + ENTRY * n;
    pack.write(id, at, 'hex');
    pack.writeUInt32LE(offset, at + 32);
    pack.writeUInt32LE(frame.length, at + 36);
    pack.set(frame, offset);
    offset += frame.length;
  }
  pack.writeUInt32LE(crc32(pack.subarray(0, headBytes - 4)), headBytes - 4);
  return new Uint8Array(pack.buffer, pack.byteOffset, pack.length);
}

/** `undefined`: not the beginning of a pack, or a damaged one. */
export function decodePackIndex(head: Uint8Array): PackEntry[] | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (bytes.length < HEADER || bytes.readUInt32LE(0) !== MAGIC || bytes.readUInt32LE(4) !== VERSION) return undefined;
  const count = bytes.readUInt32LE(8);
  const end = HEADER + ENTRY * count;
  if (count > MAX_PACK_PAGES || bytes.length < end + 4 || bytes.readUInt32LE(end) !== crc32(bytes.subarray(0, end))) return undefined;
  return Array.from({ length: count }, (_, n) => {
    const at = HEADER + ENTRY * n;
    return { id: bytes.toString('hex', at, at + 32), offset: bytes.readUInt32LE(at + 32), length: bytes.readUInt32LE(at + 36) };
  });
}

/** Cuts a put into packs. */
export function* packsOf(pages: Iterable<FramedPage>): Iterable<readonly FramedPage[]> {
  let batch: FramedPage[] = [];
  let size = 0;
  for (const page of pages) {
    if (batch.length === MAX_PACK_PAGES || (batch.length > 0 && size + page.frame.length > MAX_PACK_BYTES)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(page);
    size += page.frame.length;
  }
  if (batch.length > 0) yield batch;
}
