import { crc32 } from 'node:zlib';
import type { PageId } from '../snapshot-store.ts';
import type { PackedRun } from './pack-index.ts';

/*
 * A pack of version 2: the pages of one put, those of like columns compressed together. All integers little-endian.
 *
 *   offset        size   field
 *   0             4      magic "BLPK"
 *   4             4      u32  version, 2
 *   8             4      u32  number of pages n, at most 65,536
 *   12            4      u32  number of chunks m, at most n
 *   16            36·n   per page: 32 bytes id, u32 number of its chunk; a chunk's pages stand together, in its order
 *   16+36·n       12·m   per chunk: u32 offset from the start of the file, u32 length there, u32 length uncompressed
 *   16+36·n+12·m  4      u32  CRC-32 of everything before
 *   …             …      chunks (page-chunk.ts), each a zstd frame
 *
 * The index stands in front: of a pack that was cut, the pages before the cut are still found, those behind are named.
 * Version 1 (page-pack.ts), read but no longer written, has a frame for each page.
 */
const MAGIC = 0x4b504c42; // "BLPK"
const VERSION = 2;
const HEAD = 16;
const PAGE = 36;
const CHUNK = 12;
export const MAX_PACK_PAGES = 65_536;

/** Pages that lie compressed together. */
export interface PackedChunk {
  ids: readonly PageId[];
  /** zstd frame. */
  frame: Uint8Array;
  /** Bytes without compression. */
  rawBytes: number;
}

export interface EncodedPack {
  bytes: Uint8Array;
  /** Of these, the index: a pack is named after it. */
  headBytes: number;
  /** What it says. */
  runs: readonly PackedRun[];
}

/** @param memory used if it is large enough */
export function encodeChunkPack(chunks: readonly PackedChunk[], memory?: Uint8Array): EncodedPack {
  const pages = chunks.reduce((sum, { ids }) => sum + ids.length, 0);
  const headBytes = HEAD + PAGE * pages + CHUNK * chunks.length + 4;
  const size = chunks.reduce((sum, { frame }) => sum + frame.length, headBytes);
  const pack = memory !== undefined && memory.length >= size ? Buffer.from(memory.buffer, memory.byteOffset, size) : Buffer.allocUnsafeSlow(size);
  pack.writeUInt32LE(MAGIC, 0);
  pack.writeUInt32LE(VERSION, 4);
  pack.writeUInt32LE(pages, 8);
  let at = pack.writeUInt32LE(chunks.length, 12);
  for (const [n, { ids }] of chunks.entries()) {
    for (const id of ids) {
      pack.write(id, at, 'hex');
      at = pack.writeUInt32LE(n, at + 32);
    }
  }
  let offset = headBytes;
  const runs: PackedRun[] = [];
  for (const { ids, frame, rawBytes } of chunks) {
    runs.push({ ids, offset, length: frame.length, rawBytes });
    at = pack.writeUInt32LE(offset, at);
    at = pack.writeUInt32LE(frame.length, at);
    at = pack.writeUInt32LE(rawBytes, at);
    pack.set(frame, offset);
    offset += frame.length;
  }
  pack.writeUInt32LE(crc32(pack.subarray(0, at)), at);
  // Plain bytes: no Buffer leaves this package, a medium that slices it means to copy.
  return { bytes: new Uint8Array(pack.buffer, pack.byteOffset, pack.length), headBytes, runs };
}

/**
 * The pages of a pack of version 2, from its beginning. `{ needs }`: that many bytes of the file are needed to tell.
 * `undefined`: not the beginning of such a pack, or a damaged one.
 */
export function decodeChunkPackIndex(head: Uint8Array): PackedRun[] | { needs: number } | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (bytes.length < HEAD || bytes.readUInt32LE(0) !== MAGIC || bytes.readUInt32LE(4) !== VERSION) return undefined;
  const pages = bytes.readUInt32LE(8);
  const chunks = bytes.readUInt32LE(12);
  if (pages > MAX_PACK_PAGES || chunks > pages) return undefined;
  const end = HEAD + PAGE * pages + CHUNK * chunks;
  if (bytes.length < end + 4) return { needs: end + 4 };
  if (bytes.readUInt32LE(end) !== crc32(bytes.subarray(0, end))) return undefined;
  const runs = Array.from({ length: chunks }, (_, n) => {
    const at = HEAD + PAGE * pages + CHUNK * n;
    return { ids: [] as PageId[], offset: bytes.readUInt32LE(at), length: bytes.readUInt32LE(at + 4), rawBytes: bytes.readUInt32LE(at + 8) };
  });
  for (let at = HEAD; at < HEAD + PAGE * pages; at += PAGE) runs[bytes.readUInt32LE(at + 32)]?.ids.push(bytes.toString('hex', at, at + 32));
  return runs;
}
