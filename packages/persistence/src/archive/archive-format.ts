import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Fault } from '@beamline/core';
import { sha256Hex } from '../sha256.ts';

/*
 * An archive: named entries in one file, written from front to back, readable from either end. Integers little-endian:
 *
 *   offset  size  field
 *   0       4     magic "BLAR"
 *   4       4     u32  version, 1
 *   8       …     entries, one after the other:
 *                   4   "ENTR"
 *                   4   u32  length h of the header
 *                   h   header, UTF-8 JSON: { "name", "sizeBytes", "sha256" of the body, hex }
 *                   4   u32  CRC-32 of the 8 + h bytes before
 *                   …   body
 *   …       …     index, an entry without a name of its own: "INDX", u32 length, JSON [{ name, sizeBytes, sha256, offset }],
 *                 u32 CRC-32 of all that; offset: where the body begins
 *   end−48  8     u64  offset of the index
 *   end−40  32    SHA-256 of everything before
 *   end−8   4     u32  CRC-32 of the 40 bytes before
 *   end−4   4     magic "RALB"
 *
 * Of a file that lost its end, the entries before the cut are found by reading from the front.
 */
export const ARCHIVE_VERSION = 1;
export const ARCHIVE_HEADER = 8;
export const ARCHIVE_FOOTER = 48;
const ENTRY_MAGIC = 'ENTR';
const INDEX_MAGIC = 'INDX';
/** Segments of letters, digits and . _ ~ -, none beginning with a dot: nothing leads out of a folder. */
const NAME = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$/;
const LARGEST_INDEX = 256 * 1024 * 1024;

export interface ArchiveEntry {
  name: string;
  sizeBytes: number;
  /** Of the body, hex. */
  sha256: string;
}

export interface PlacedEntry extends ArchiveEntry {
  /** Where the body begins. */
  offset: number;
}

/** What goes into an archive; the body is asked for when its turn comes, and held in memory one at a time. */
export interface ArchiveSourceEntry {
  name: string;
  read(): Promise<Uint8Array>;
}

/**
 * The bytes of an archive, in order. The same entries in the same order make the same bytes.
 * @throws Fault `persistence/bad-entry` for a name that could not be a file's, or one given twice
 */
export async function* encodeArchive(entries: AsyncIterable<ArchiveSourceEntry> | Iterable<ArchiveSourceEntry>): AsyncIterable<Uint8Array> {
  const whole = createHash('sha256');
  let at = 0;
  const out = (bytes: Uint8Array): Uint8Array => {
    whole.update(bytes);
    at += bytes.length;
    return bytes;
  };
  const head = Buffer.alloc(ARCHIVE_HEADER);
  head.write('BLAR', 0, 'latin1');
  head.writeUInt32LE(ARCHIVE_VERSION, 4);
  yield out(head);

  const index = new Map<string, PlacedEntry>();
  for await (const { name, read } of entries) {
    if (!NAME.test(name) || name.length > 1_000 || index.has(name)) throw badEntry(name, index.has(name));
    const body = await read();
    const entry: ArchiveEntry = { name, sizeBytes: body.length, sha256: sha256Hex(body) };
    yield out(framed(ENTRY_MAGIC, entry));
    index.set(name, { ...entry, offset: at });
    yield out(body);
  }

  const indexAt = at;
  yield out(framed(INDEX_MAGIC, [...index.values()]));
  const footer = Buffer.alloc(ARCHIVE_FOOTER);
  footer.writeBigUInt64LE(BigInt(indexAt), 0);
  whole.update(footer.subarray(0, 8));
  whole.digest().copy(footer, 8);
  footer.writeUInt32LE(crc32(footer.subarray(0, 40)), 40);
  footer.write('RALB', 44, 'latin1');
  yield footer;
}

function framed(magic: string, json: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(json), 'utf8');
  const bytes = Buffer.alloc(12 + text.length);
  bytes.write(magic, 0, 'latin1');
  bytes.writeUInt32LE(text.length, 4);
  text.copy(bytes, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 8 + text.length)), 8 + text.length);
  return bytes;
}

/** Length of the framed JSON that begins with these 8 bytes. `undefined`: it is no such thing. */
export function framedLength(head: Uint8Array, magic: typeof ENTRY_MAGIC | typeof INDEX_MAGIC): number | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (bytes.length < 8 || bytes.toString('latin1', 0, 4) !== magic) return undefined;
  const length = bytes.readUInt32LE(4) + 12;
  return length <= LARGEST_INDEX ? length : undefined;
}

/** The JSON in a frame. `undefined`: damaged. */
export function unframed(frame: Uint8Array): unknown {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.length);
  const end = bytes.length - 4;
  if (end < 8 || bytes.readUInt32LE(4) !== end - 8 || bytes.readUInt32LE(end) !== crc32(bytes.subarray(0, end))) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8', 8, end)) as unknown;
  } catch {
    return undefined;
  }
}

export interface ArchiveFooter {
  indexAt: number;
  sha256: string;
}

/** `undefined`: these are not the last bytes of an archive. */
export function decodeFooter(footer: Uint8Array): ArchiveFooter | undefined {
  const bytes = Buffer.from(footer.buffer, footer.byteOffset, footer.length);
  if (bytes.length !== ARCHIVE_FOOTER || bytes.toString('latin1', 44) !== 'RALB' || bytes.readUInt32LE(40) !== crc32(bytes.subarray(0, 40))) return undefined;
  return { indexAt: Number(bytes.readBigUInt64LE(0)), sha256: bytes.toString('hex', 8, 40) };
}

export function isEntry(value: unknown): value is ArchiveEntry {
  const { name, sizeBytes, sha256 } = (value ?? {}) as Partial<ArchiveEntry>;
  return typeof name === 'string' && NAME.test(name) && Number.isSafeInteger(sizeBytes) && sizeBytes! >= 0 && /^[0-9a-f]{64}$/.test(sha256 ?? '');
}

function badEntry(name: string, twice: boolean): Fault {
  return new Fault('persistence/bad-entry', twice ? `an archive cannot hold ${name} twice` : `${JSON.stringify(name)} cannot name an entry of an archive`, {
    hint: 'Names hold letters, digits, . _ ~ and - between slashes.',
  });
}
