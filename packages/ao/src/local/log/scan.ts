import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { Fault } from '@beamline/core';
import { decodeHeader, HEADER_BYTES } from './record.ts';

export interface ScannedRecord {
  kind: number;
  /** Where the payload begins in the file. */
  offset: number;
  payload: Buffer;
}

export interface Scan {
  /** Bytes of whole, intact records; whatever follows is a torn tail. */
  endOffset: number;
  lastSequence: number;
}

const WINDOW_BYTES = 8 * 1024 * 1024;
const SECTOR_BYTES = 512;

/**
 * Reads a log from its start. The end of the file may hold part of a record, or sectors of zeros that a crash left
 * unwritten: nobody was told that such a record is safe, so the caller cuts it. Anything else is refused.
 * @throws Fault `ao/log-damaged` with file and offset.
 */
export async function scanLog(file: FileHandle, path: string, onRecord: (record: ScannedRecord) => void): Promise<Scan> {
  const { size } = await file.stat();
  const read = windowedReader(file, size);
  let at = 0;
  let sequence = 0;

  while (at < size) {
    if (at + HEADER_BYTES > size) break;
    const headerBytes = await read(at, HEADER_BYTES);
    const header = decodeHeader(headerBytes);
    if (header === undefined) {
      if (isZero(headerBytes) && (await isZeroFrom(read, at, size))) break;
      throw damaged(path, at, 'its header does not match its checksum');
    }
    if (header.sequence !== sequence + 1) throw damaged(path, at, `record ${sequence + 1} was expected, ${header.sequence} found`);
    const end = at + HEADER_BYTES + header.length;
    if (end > size) break;
    const payload = await read(at + HEADER_BYTES, header.length);
    if (crc32(payload) !== header.sum) {
      if (end === size && endsInUnwrittenSector(payload, end)) break;
      throw damaged(path, at, 'its content does not match its checksum');
    }
    onRecord({ kind: header.kind, offset: at + HEADER_BYTES, payload });
    sequence = header.sequence;
    at = end;
  }
  return { endOffset: at, lastSequence: sequence };
}

/** Records are small and the log is long: reading each by itself would cost a system call per record. */
function windowedReader(file: FileHandle, size: number): (at: number, length: number) => Promise<Buffer> {
  let window = Buffer.alloc(0);
  let start = 0;
  return async (at, length) => {
    if (at < start || at + length > start + window.length) {
      window = Buffer.allocUnsafe(Math.min(Math.max(length, WINDOW_BYTES), size - at));
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

function damaged(path: string, offset: number, reason: string): Fault {
  return new Fault('ao/log-damaged', `${path} is damaged at byte ${offset}: ${reason}`, {
    hint: 'Restore the file from a backup, or start with an empty --dir. Nothing was changed.',
    details: { file: path, offset },
  });
}
