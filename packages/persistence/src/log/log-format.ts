import { crc32 } from 'node:zlib';

/*
 * A log is a folder of segments, `<first sequence>-<epoch>.log`, both of 16 digits. Of two that begin at one sequence the
 * one of the later epoch counts. All integers little-endian:
 *
 *   offset  size  field
 *   0       4     magic "BLLG"
 *   4       4     u32  version, 1
 *   8       8     u64  first sequence
 *   16      4     u32  CRC-32 of everything before
 *   20      4     zeros
 *   24      20    mark A
 *   44      20    mark B
 *   64      …     records, one after the other
 *
 *   mark    4     u32  number: the higher of two good marks counts
 *           8     u64  acknowledged bytes of the file: what is damaged before here is damage, what is behind a torn tail
 *           4     u32  1 when another segment follows
 *           4     u32  CRC-32 of everything before
 *
 *   record  4     u32  length of the payload n
 *           4     u32  CRC-32 of length, sequence and payload
 *           8     u64  sequence, one more than the record before
 *           n     payload
 *
 * The two marks are written in turn, so that a torn one leaves the other. A mark is written after its records' fsync and
 * becomes durable with the next one.
 */
const MAGIC = 0x474c4c42; // "BLLG"
export const LOG_VERSION = 1;
export const SEGMENT_HEAD = 64;
export const RECORD_HEAD = 16;
/** A longer record is damaged: bounds what a flipped length can make us read. */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;
const MARKS = [24, 44] as const;
const MARK_BYTES = 20;

export interface LogMark {
  number: number;
  acknowledgedBytes: number;
  continued: boolean;
}

export function encodeSegmentHead(first: number): Uint8Array {
  const bytes = Buffer.alloc(SEGMENT_HEAD);
  bytes.writeUInt32LE(MAGIC, 0);
  bytes.writeUInt32LE(LOG_VERSION, 4);
  bytes.writeBigUInt64LE(BigInt(first), 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 16)), 16);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

export interface SegmentHead {
  first: number;
  /** The newest good mark; `undefined` when none was ever written. */
  mark: LogMark | undefined;
  /** Marks that are neither blank nor good. A crash tears one at most. */
  badMarks: number;
}

/** `undefined`: cut short, or not the head of a segment. `{ version }`: of a version this reader doesn't know. */
export function decodeSegmentHead(head: Uint8Array): SegmentHead | { version: number } | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (bytes.length < SEGMENT_HEAD || bytes.readUInt32LE(0) !== MAGIC) return undefined;
  if (bytes.readUInt32LE(16) !== crc32(bytes.subarray(0, 16))) return undefined;
  if (bytes.readUInt32LE(4) !== LOG_VERSION) return { version: bytes.readUInt32LE(4) };
  let mark: LogMark | undefined;
  let badMarks = 0;
  for (const at of MARKS) {
    const raw = bytes.subarray(at, at + MARK_BYTES);
    if (raw.readUInt32LE(16) === crc32(raw.subarray(0, 16))) {
      const found = { number: raw.readUInt32LE(0), acknowledgedBytes: Number(raw.readBigUInt64LE(4)), continued: raw.readUInt32LE(12) === 1 };
      if (mark === undefined || found.number > mark.number) mark = found;
    } else if (raw.some((byte) => byte !== 0)) badMarks += 1;
  }
  return { first: Number(bytes.readBigUInt64LE(8)), mark, badMarks };
}

/** A mark and where in the file it goes. */
export function encodeMark({ number, acknowledgedBytes, continued }: LogMark): { bytes: Uint8Array; offset: number } {
  const bytes = Buffer.alloc(MARK_BYTES);
  bytes.writeUInt32LE(number, 0);
  bytes.writeBigUInt64LE(BigInt(acknowledgedBytes), 4);
  bytes.writeUInt32LE(Number(continued), 12);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 16)), 16);
  return { bytes, offset: MARKS[number % 2]! };
}

export interface LogRecord {
  sequence: number;
  payload: Uint8Array;
}

export function encodeRecords(records: readonly LogRecord[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(records.reduce((sum, { payload }) => sum + RECORD_HEAD + payload.length, 0));
  let at = 0;
  for (const { sequence, payload } of records) {
    bytes.writeUInt32LE(payload.length, at);
    bytes.writeUInt32LE(sequence % 2 ** 32, at + 8);
    bytes.writeUInt32LE(Math.floor(sequence / 2 ** 32), at + 12);
    bytes.set(payload, at + RECORD_HEAD);
    bytes.writeUInt32LE(crcOf(bytes, at, payload.length), at + 4);
    at += RECORD_HEAD + payload.length;
  }
  return bytes;
}

/** The record at an offset, as a view. `{ needs }`: so many bytes from the offset on may hold it. `undefined`: damaged. */
export function decodeRecord(bytes: Buffer, at: number): LogRecord | { needs: number } | undefined {
  if (bytes.length - at < RECORD_HEAD) return { needs: RECORD_HEAD };
  const length = bytes.readUInt32LE(at);
  if (length > MAX_PAYLOAD_BYTES) return undefined;
  if (bytes.length - at < RECORD_HEAD + length) return { needs: RECORD_HEAD + length };
  if (bytes.readUInt32LE(at + 4) !== crcOf(bytes, at, length)) return undefined;
  return {
    sequence: bytes.readUInt32LE(at + 8) + bytes.readUInt32LE(at + 12) * 2 ** 32,
    payload: bytes.subarray(at + RECORD_HEAD, at + RECORD_HEAD + length),
  };
}

function crcOf(bytes: Buffer, at: number, length: number): number {
  return crc32(bytes.subarray(at + 8, at + RECORD_HEAD + length), crc32(bytes.subarray(at, at + 4)));
}

const SEGMENT = /^(\d{16})-(\d{16})\.log$/;
const CLAIM = /^writer-(\d{16})$/;

export interface SegmentName {
  name: string;
  first: number;
  epoch: number;
}

export const segmentName = (first: number, epoch: number): string => `${padded(first)}-${padded(epoch)}.log`;
export const claimName = (epoch: number): string => `writer-${padded(epoch)}`;
/** Content of a claim once a segment of its writer is durable; it is empty before. */
export const BEGUN = Uint8Array.of(1);
const padded = (number: number): string => String(number).padStart(16, '0');

/** The segments of a folder in the order of their records. Of those with one first sequence, only the last has any. */
export function segmentsIn(names: readonly string[]): SegmentName[] {
  const found: SegmentName[] = [];
  for (const name of [...names].sort()) {
    const [, first, epoch] = SEGMENT.exec(name) ?? [];
    if (first !== undefined && epoch !== undefined) found.push({ name, first: Number(first), epoch: Number(epoch) });
  }
  return found;
}

/** The epoch of the newest writer; 0 before any. */
export function newestEpoch(names: readonly string[]): number {
  const epochs = names.map((name) => Number(CLAIM.exec(name)?.[1] ?? SEGMENT.exec(name)?.[2] ?? 0));
  return Math.max(0, ...epochs);
}

export function claimsIn(names: readonly string[]): string[] {
  return names.filter((name) => CLAIM.test(name));
}
