import { crc32 } from 'node:zlib';
import type { PackedRun } from './pack-index.ts';

/*
 * A pack of version 1, read but no longer written: a frame for each page. All integers little-endian:
 *
 *   offset   size   field
 *   0        4      magic "BLPK"
 *   4        4      u32  version, 1
 *   8        4      u32  number of pages n, at most 1,024
 *   12       40·n   per page: 32 bytes id, u32 offset from the start of the file, u32 length
 *   12+40·n  4      u32  CRC-32 of everything before
 *   16+40·n  …      page frames (page-frame.ts)
 */
const MAGIC = 0x4b504c42; // "BLPK"
const VERSION = 1;
const HEADER = 12;
const ENTRY = 40;

const MAX_PACK_PAGES = 1024;

/** `{ needs }`: that many bytes of the file are needed to tell. `undefined`: not the beginning of such a pack, or a damaged one. */
export function decodeFramePackIndex(head: Uint8Array): PackedRun[] | { needs: number } | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (bytes.length < HEADER || bytes.readUInt32LE(0) !== MAGIC || bytes.readUInt32LE(4) !== VERSION) return undefined;
  const count = bytes.readUInt32LE(8);
  const end = HEADER + ENTRY * count;
  if (count > MAX_PACK_PAGES) return undefined;
  if (bytes.length < end + 4) return { needs: end + 4 };
  if (bytes.readUInt32LE(end) !== crc32(bytes.subarray(0, end))) return undefined;
  return Array.from({ length: count }, (_, n) => {
    const at = HEADER + ENTRY * n;
    return { ids: [bytes.toString('hex', at, at + 32)], offset: bytes.readUInt32LE(at + 32), length: bytes.readUInt32LE(at + 36) };
  });
}
