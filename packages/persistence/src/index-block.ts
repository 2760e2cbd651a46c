import { Fault } from '@beamline/core';
import type { PageEntry } from './manifest.ts';
import { namedPage } from './named-page.ts';
import type { Page, PageId } from './snapshot-store.ts';

/*
 * An index block names up to 32 neighbouring pages of a table, so that a snapshot after a small change writes the blocks
 * it touched and not the whole list. Blocks lie in the store beside the pages, under the SHA-256 of their bytes. All
 * integers little-endian:
 *
 *   offset  size  field
 *   0       4     magic "BLIX"
 *   4       1     version, 1
 *   5       1     1 when digests follow, else 0
 *   6       2     u16  number of pages n, 1 … 32
 *   8       32·n  their ids
 *   …       8·n   in-process digests, two u32 each, if any
 *   …       8·n   stamps, u64
 *
 * 32 keeps both ends short: a change of 1 % spread evenly touches a quarter of such blocks (nearly all, if they were much
 * larger), and the manifest of ten million rows names 306 of them per table. Every block but a table's last is full.
 */
const MAGIC = 0x58494c42; // "BLIX"
const VERSION = 1;
const HEADER = 8;

export const BLOCK_PAGES = 32;

/** How many blocks name this many pages. */
export function blockCountOf(pages: number): number {
  return Math.ceil(pages / BLOCK_PAGES);
}

/** The blocks of a table, ready to be put. Equal entries make equal blocks. */
export function indexBlocks(pages: readonly PageEntry[]): Page[] {
  return Array.from({ length: blockCountOf(pages.length) }, (_, n) =>
    namedPage(encodeIndexBlock(pages.slice(n * BLOCK_PAGES, (n + 1) * BLOCK_PAGES)), []));
}

export function encodeIndexBlock(entries: readonly PageEntry[]): Uint8Array {
  const digested = entries.every(({ digest }) => digest !== undefined);
  const bytes = Buffer.alloc(HEADER + entries.length * (digested ? 48 : 40));
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt8(VERSION, 4);
  bytes.writeUInt8(Number(digested), 5);
  bytes.writeUInt16LE(entries.length, 6);
  let at = HEADER;
  for (const { id } of entries) at += bytes.write(id, at, 'hex');
  if (digested) {
    for (const { digest } of entries) {
      for (const half of digest!.split('-')) at = bytes.writeUInt32LE(Number(half), at);
    }
  }
  for (const { stamp } of entries) {
    at = bytes.writeUInt32LE(stamp % 2 ** 32, at);
    at = bytes.writeUInt32LE(Math.floor(stamp / 2 ** 32), at);
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** @throws Fault `persistence/manifest-damaged`, `persistence/manifest-version`. */
export function decodeIndexBlock(block: Uint8Array): PageEntry[] {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.length);
  if (bytes.length < HEADER || bytes.readUInt32LE(0) !== MAGIC) throw notABlock('does not begin like one');
  if (bytes.readUInt8(4) !== VERSION) {
    throw new Fault('persistence/manifest-version', `the index block has version ${bytes.readUInt8(4)}; this reader knows ${VERSION}`, {
      hint: 'Upgrade Beamline to the version that wrote the snapshot.',
    });
  }
  const digested = bytes.readUInt8(5) === 1;
  const count = bytes.readUInt16LE(6);
  if (count > BLOCK_PAGES || bytes.length !== HEADER + count * (digested ? 48 : 40)) throw notABlock(`has ${bytes.length} bytes for ${count} pages`);
  const digestsAt = HEADER + 32 * count;
  const stampsAt = digestsAt + (digested ? 8 * count : 0);
  return Array.from({ length: count }, (_, n): PageEntry => {
    const id: PageId = bytes.toString('hex', HEADER + 32 * n, HEADER + 32 * n + 32);
    const stamp = bytes.readUInt32LE(stampsAt + 8 * n) + bytes.readUInt32LE(stampsAt + 8 * n + 4) * 2 ** 32;
    if (!digested) return { id, stamp };
    return { id, digest: `${bytes.readUInt32LE(digestsAt + 8 * n)}-${bytes.readUInt32LE(digestsAt + 8 * n + 4)}`, stamp };
  });
}

function notABlock(how: string): Fault {
  return new Fault('persistence/manifest-damaged', `what the manifest names as an index block ${how}`, {
    hint: 'Use an older snapshot, or copy it again from another store.',
  });
}
