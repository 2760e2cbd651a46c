import { crc32 } from 'node:zlib';

/**
 * One record of the log, little-endian:
 * ```
 * offset  size  what
 * 0       4     magic "BLg1"
 * 4       1     kind
 * 5       3     zero
 * 8       4     payload length in bytes
 * 12      4     CRC-32 of the payload
 * 16      8     sequence: 1, 2, 3 … without gaps
 * 24      4     CRC-32 of bytes 0–23
 * 28      …     payload
 * ```
 * The header has its own sum, so a damaged length is told apart from a record that was cut off by a crash.
 */
export const HEADER_BYTES = 28;
export const RECORD_MAGIC = 0x31674c42;

export interface RecordHeader {
  kind: number;
  length: number;
  sum: number;
  sequence: number;
}

/** In one piece: a write of many small ones costs as much as what it writes. */
export function encodeRecord(kind: number, sequence: number, payload: readonly Uint8Array[]): Buffer {
  const length = payload.reduce((sum, part) => sum + part.byteLength, 0);
  const record = Buffer.allocUnsafe(HEADER_BYTES + length);
  let at = HEADER_BYTES;
  for (const part of payload) {
    record.set(part, at);
    at += part.byteLength;
  }
  record.writeUInt32LE(RECORD_MAGIC, 0);
  record.writeUInt32LE(kind, 4);
  record.writeUInt32LE(length, 8);
  record.writeUInt32LE(crc32(record.subarray(HEADER_BYTES)), 12);
  record.writeBigUInt64LE(BigInt(sequence), 16);
  record.writeUInt32LE(crc32(record.subarray(0, 24)), 24);
  return record;
}

/** `undefined` when the bytes are no intact header. */
export function decodeHeader(bytes: Buffer): RecordHeader | undefined {
  if (bytes.readUInt32LE(0) !== RECORD_MAGIC || bytes.readUInt32LE(24) !== crc32(bytes.subarray(0, 24))) return undefined;
  return {
    kind: bytes.readUInt8(4),
    length: bytes.readUInt32LE(8),
    sum: bytes.readUInt32LE(12),
    sequence: Number(bytes.readBigUInt64LE(16)),
  };
}
