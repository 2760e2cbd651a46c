import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { logDamaged } from './log-damaged.ts';
import { decodeHeader, HEADER_BYTES } from './record.ts';

export interface ScannedRecord {
  kind: number;
  /** Where the payload begins in the whole log. */
  offset: number;
  payload: Buffer;
}

export interface Scan {
  /** Bytes of whole, intact records in this file; whatever follows is a torn tail. */
  endOffset: number;
  /** Of the file. */
  size: number;
  lastSequence: number;
}

const WINDOW_BYTES = 8 * 1024 * 1024;
const SECTOR_BYTES = 512;

/** Where a file begins in the whole log. */
export interface ScanStart {
  base: number;
  /** Of the record before. */
  sequence: number;
}

/**
 * Reads one file of a log from its start. The end of the file may hold part of a record, or sectors of zeros that a crash left
 * unwritten: nobody was told that such a record is safe, so the caller cuts it. Anything else is refused.
 * @throws Fault `ao/log-damaged` with file and offset.
 */
export async function scanLog(file: FileHandle, path: string, start: ScanStart, onRecord: (record: ScannedRecord) => void, windowBytes = WINDOW_BYTES): Promise<Scan> {
  const { size } = await file.stat();
  const read = windowedReader(file, size, windowBytes);
  let at = 0;
  let { sequence } = start;

  while (at < size) {
    if (at + HEADER_BYTES > size) break;
    const headerBytes = await read(at, HEADER_BYTES);
    const header = decodeHeader(headerBytes);
    if (header === undefined) {
      if (isZero(headerBytes) && (await isZeroFrom(read, at, size))) break;
      throw logDamaged(path, at, 'its header does not match its checksum');
    }
    if (header.sequence !== sequence + 1) throw logDamaged(path, at, `record ${sequence + 1} was expected, ${header.sequence} found`);
    const end = at + HEADER_BYTES + header.length;
    if (end > size) break;
    const payload = await read(at + HEADER_BYTES, header.length);
    if (crc32(payload) !== header.sum) {
      if (end === size && endsInUnwrittenSector(payload, end)) break;
      throw logDamaged(path, at, 'its content does not match its checksum');
    }
    onRecord({ kind: header.kind, offset: start.base + at + HEADER_BYTES, payload });
    sequence = header.sequence;
    at = end;
  }
  return { endOffset: at, lastSequence: sequence, size };
}

/** Records are small and the log is long: reading each by itself would cost a system call per record. */
function windowedReader(file: FileHandle, size: number, windowBytes: number): (at: number, length: number) => Promise<Buffer> {
  let window = Buffer.alloc(0);
  let start = 0;
  return async (at, length) => {
    if (at < start || at + length > start + window.length) {
      window = Buffer.allocUnsafe(Math.min(Math.max(length, windowBytes), size - at));
      start = at;
      let filled = 0;
      while (filled < window.length) {
        const { bytesRead } = await file.read(window, filled, window.length - filled, at + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
    }
    return window.subarray(at - start, at - start + length);
  };
}

async function isZeroFrom(read: (at: number, length: number) => Promise<Buffer>, from: number, size: number): Promise<boolean> {
  for (let at = from; at < size; at += WINDOW_BYTES) {
    if (!isZero(await read(at, Math.min(WINDOW_BYTES, size - at)))) return false;
  }
  return true;
}

function endsInUnwrittenSector(payload: Buffer, end: number): boolean {
  const lastSector = Math.floor((end - 1) / SECTOR_BYTES) * SECTOR_BYTES;
  return isZero(payload.subarray(Math.max(0, payload.length - (end - lastSector))));
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
