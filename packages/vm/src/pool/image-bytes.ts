import { hash } from 'node:crypto';
import { Fault } from '@beamline/core';
import { preludeName } from '../lua-program.ts';
import type { MemoryImage } from '../memory-image.ts';

/*
 * An image outside memory, little-endian:
 *
 *   offset  size     what
 *   0       4        magic "BLi2"
 *   4       4        bytes of the memory
 *   8       12       addresses: L, scratch, size of scratch
 *   20      4        number of pages, n
 *   24      16       what an image holds besides the program: the Lua code around it; or an aos module and its environment
 *   40      4 n      numbers of the pages, ascending
 *   40+4n   4096 n   the pages
 *   end−32  32       SHA-256 of everything before
 */
const MAGIC = 0x32694c42;
const HEADER_BYTES = 40;
const HOST_OFFSET = 24;
const PRELUDE = preludeName();
const PAGE_BYTES = 4096;
const SUM_BYTES = 32;

/** @param host 16 bytes or more that name what runs the program. @default this version's Lua */
export function encodeImage({ memoryBytes, addresses: { L, scratch, scratchSize }, pages, bytes }: MemoryImage, host: Uint8Array = PRELUDE): Uint8Array<ArrayBuffer> {
  const encoded = Buffer.alloc(HEADER_BYTES + pages.byteLength + bytes.byteLength + SUM_BYTES);
  [MAGIC, memoryBytes, L, scratch, scratchSize, pages.length].forEach((value, i) => encoded.writeUInt32LE(value, 4 * i));
  encoded.set(host.subarray(0, HEADER_BYTES - HOST_OFFSET), HOST_OFFSET);
  encoded.set(new Uint8Array(pages.buffer, pages.byteOffset, pages.byteLength), HEADER_BYTES);
  encoded.set(new Uint8Array(bytes), HEADER_BYTES + pages.byteLength);
  const content = encoded.subarray(0, -SUM_BYTES);
  encoded.set(hash('sha256', content, 'buffer'), content.length);
  return encoded;
}

/** @throws Fault `vm/bad-image` when a single byte differs from what `encodeImage` gave, or when another host or version gave it. */
export function decodeImage(encoded: Uint8Array, host: Uint8Array = PRELUDE): MemoryImage {
  const source = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const content = source.subarray(0, Math.max(0, source.length - SUM_BYTES));
  if (content.length < HEADER_BYTES || !hash('sha256', content, 'buffer').equals(source.subarray(content.length))) throw badImage();
  const [magic, memoryBytes = 0, L = 0, scratch = 0, scratchSize = 0, count = 0] = Array.from({ length: 6 }, (_, i) => content.readUInt32LE(4 * i));
  const isForeign = magic !== MAGIC || !content.subarray(HOST_OFFSET, HEADER_BYTES).equals(host.subarray(0, HEADER_BYTES - HOST_OFFSET));
  if (isForeign || content.length !== HEADER_BYTES + count * (4 + PAGE_BYTES)) throw badImage();
  const pages = Uint32Array.from({ length: count }, (_, i) => content.readUInt32LE(HEADER_BYTES + 4 * i));
  const bytes = new SharedArrayBuffer(count * PAGE_BYTES);
  new Uint8Array(bytes).set(content.subarray(HEADER_BYTES + 4 * count));
  return { memoryBytes, addresses: { L, scratch, scratchSize }, pages, bytes };
}

function badImage(): Fault {
  return new Fault('vm/bad-image', 'the image of a VM is damaged, of another program, or was made by another version', {
    hint: 'Take an older one, or replay the schedule from its start.',
  });
}
