import { readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, zstdCompress, zstdDecompress } from 'node:zlib';
import { logDamaged } from './log-damaged.ts';

/*
 * A part of the log that is not written any more, little-endian:
 *
 *   offset  size  what
 *   0       4     magic "BLc1"
 *   4       …     the bytes of the log, 256 KB at a time, each block compressed by zstd
 *   …       …     an index, whose form is its owner's
 *   …       n     directory: JSON, see `Directory`
 *   end−8   4     n
 *   end−4   4     CRC-32 of the directory and n
 *
 * Directory and index are checked when the file is opened, a block whenever it is read.
 */
const MAGIC = Buffer.from('BLc1');
const BLOCK_BYTES = 256 * 1024;
const TRAILER_BYTES = 8;
const CHECK_BYTES = 1024 * 1024;
const PAGE_BYTES = 16_384;
const KEPT_PAGES = 64;
const KEPT_BLOCKS = 4;

interface Directory {
  version: 1;
  /** Where the part begins in the whole log, and how long it is. */
  base: number;
  rawBytes: number;
  firstSequence: number;
  lastSequence: number;
  /** Bytes and CRC-32 of each compressed block, in order. */
  blocks: [bytes: number, sum: number][];
  index: { bytes: number; sum: number };
}

export interface ColdPart extends Pick<Directory, 'base' | 'rawBytes' | 'firstSequence' | 'lastSequence'> {
  path: string;
  /** Bytes of the log by their place in the whole of it. @throws Fault `ao/log-damaged` */
  read(offset: number, length: number): Promise<Buffer>;
  /** Bytes of the index; pages that were read stay in memory for a while. */
  index(at: number, length: number): Buffer;
  indexBytes: number;
  close(): Promise<void>;
}

export type ColdSource = Pick<Directory, 'base' | 'rawBytes' | 'firstSequence' | 'lastSequence'>;

/** Compresses a finished file of the log. Durable when it resolves; the caller renames it. */
export async function writeColdFile(path: string, raw: FileHandle, source: ColdSource, index: Buffer): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.write(MAGIC);
    const blocks: Directory['blocks'] = [];
    for (let at = 0; at < source.rawBytes; at += BLOCK_BYTES) {
      const bytes = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, source.rawBytes - at));
      await raw.read(bytes, 0, bytes.length, at);
      const packed = await promisify(zstdCompress)(bytes);
      blocks.push([packed.length, crc32(packed)]);
      await file.write(packed);
    }
    await file.write(index);
    const directory: Directory = { version: 1, ...source, blocks, index: { bytes: index.length, sum: crc32(index) } };
    const json = Buffer.from(JSON.stringify(directory));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(json.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(length, crc32(json)));
    await file.write(Buffer.concat([json, length, sum]));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** @throws Fault `ao/log-damaged` */
export async function openColdFile(path: string): Promise<ColdPart> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const directory = await readDirectory(file, path, size);
    const ends: number[] = [];
    let at = MAGIC.length;
    for (const [bytes] of directory.blocks) ends.push((at += bytes));
    const indexAt = at;
    await checkIndex(file, path, indexAt, directory.index);
    const block = cached(KEPT_BLOCKS, (i: number) => readBlock(file, path, ends[i]! - directory.blocks[i]![0], directory.blocks[i]!));
    const page = cached(KEPT_PAGES, (i: number) => {
      const bytes = Buffer.allocUnsafe(Math.min(PAGE_BYTES, directory.index.bytes - i * PAGE_BYTES));
      readSync(file.fd, bytes, 0, bytes.length, indexAt + i * PAGE_BYTES);
      return bytes;
    });
    const { base, rawBytes, firstSequence, lastSequence } = directory;
    return {
      path, base, rawBytes, firstSequence, lastSequence,
      indexBytes: directory.index.bytes,
      async read(offset, length) {
        const parts: Buffer[] = [];
        for (let from = offset - base, left = length; left > 0; ) {
          const bytes = await block(Math.floor(from / BLOCK_BYTES));
          const part = bytes.subarray(from % BLOCK_BYTES, (from % BLOCK_BYTES) + left);
          if (part.length === 0) throw logDamaged(path, 0, `it does not hold byte ${offset} of the log`);
          parts.push(part);
          from += part.length;
          left -= part.length;
        }
        // A copy: a small piece must not keep a whole block in memory.
        return Buffer.concat(parts);
      },
      index(from, length) {
        const parts: Buffer[] = [];
        for (let i = Math.floor(from / PAGE_BYTES); i * PAGE_BYTES < from + length; i++) {
          parts.push(page(i).subarray(Math.max(0, from - i * PAGE_BYTES), Math.min(PAGE_BYTES, from + length - i * PAGE_BYTES)));
        }
        return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readDirectory(file: FileHandle, path: string, size: number): Promise<Directory> {
  const least = MAGIC.length + TRAILER_BYTES;
  if (size < least || !(await bytesAt(file, 0, MAGIC.length)).equals(MAGIC)) throw logDamaged(path, 0, 'it does not begin as a cold part of a log');
  const trailer = await bytesAt(file, size - TRAILER_BYTES, TRAILER_BYTES);
  const length = trailer.readUInt32LE(0);
  const at = size - TRAILER_BYTES - length;
  const json = at < MAGIC.length ? Buffer.alloc(0) : await bytesAt(file, at, length);
  if (crc32(trailer.subarray(0, 4), crc32(json)) !== trailer.readUInt32LE(4)) throw logDamaged(path, Math.max(0, at), 'its directory does not match its checksum');
  const directory = JSON.parse(json.toString('utf8')) as Directory;
  if (directory.version !== 1) throw logDamaged(path, at, `its version ${String(directory.version)} is not known here`, 'Start it with the version of Beamline that wrote it, or a newer one.');
  return directory;
}

async function checkIndex(file: FileHandle, path: string, at: number, { bytes, sum }: Directory['index']): Promise<void> {
  let found = 0;
  for (let from = 0; from < bytes; from += CHECK_BYTES) found = crc32(await bytesAt(file, at + from, Math.min(CHECK_BYTES, bytes - from)), found);
  if (found !== sum) throw logDamaged(path, at, 'its index does not match its checksum');
}

async function readBlock(file: FileHandle, path: string, at: number, [bytes, sum]: [number, number]): Promise<Buffer> {
  const packed = await bytesAt(file, at, bytes);
  if (crc32(packed) !== sum) throw logDamaged(path, at, 'a block does not match its checksum');
  return promisify(zstdDecompress)(packed);
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  await file.read(bytes, 0, length, at);
  return bytes;
}

/** The last few results; a failed promise is forgotten. */
function cached<T>(kept: number, make: (key: number) => T): (key: number) => T {
  const known = new Map<number, T>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = make(key);
      if (value instanceof Promise) value.catch(() => known.delete(key));
    } else {
      known.delete(key);
    }
    known.set(key, value);
    if (known.size > kept) known.delete(known.keys().next().value as number);
    return value;
  };
}
