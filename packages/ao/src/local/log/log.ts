import { constants } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { dirname } from 'node:path';
import { Fault } from '@beamline/core';
import { encodeRecord, HEADER_BYTES } from './record.ts';
import { scanLog, type ScannedRecord } from './scan.ts';

export interface Appended {
  /** Where the payload begins in the file. */
  offset: number;
  /** Resolves once the record, and everything before it, is on disk. */
  durable: Promise<void>;
}

/** Append-only file of checksummed records. Appends keep their order; those that wait together share one fsync. */
export interface Log {
  append(kind: number, ...payload: Uint8Array[]): Appended;
  /** Resolves once everything appended so far is on disk. */
  settled(): Promise<void>;
  /** Bytes of a payload. Appended records are readable once durable. */
  read(offset: number, length: number): Promise<Buffer>;
  /** Writes what is pending and closes the file. */
  close(): Promise<void>;
}

/** A write is on disk when it returns, where the system knows how: one call instead of a write and a sync. */
const WRITE_THROUGH = constants.O_RDWR | (constants.O_DSYNC ?? 0);

/**
 * Opens or creates a log, hands every record to `onRecord` in order, and cuts a torn tail.
 * @throws Fault `ao/log-damaged`
 */
export async function openLog(path: string, onRecord: (record: ScannedRecord) => void): Promise<Log> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, WRITE_THROUGH).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return create(path);
  });
  try {
    const { endOffset, lastSequence } = await scanLog(file, path, onRecord);
    await file.truncate(endOffset);
    return writer(file, path, endOffset, lastSequence);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function writer(file: FileHandle, path: string, start: number, lastSequence: number): Log {
  let end = start;
  let written = start;
  let sequence = lastSequence;
  let pending: Buffer[] = [];
  let flushing: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let failure: Fault | undefined;

  const flush = async (): Promise<void> => {
    const buffers = pending;
    pending = [];
    const bytes = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
    const { bytesWritten } = await file.writev(buffers, written);
    if (bytesWritten !== bytes) throw new Error(`${bytesWritten} of ${bytes} bytes were written`);
    written += bytes;
    if (constants.O_DSYNC === undefined) await file.datasync();
  };

  // At most one write runs; whatever arrives meanwhile goes into the next one together.
  const schedule = (): Promise<void> => {
    next ??= (flushing ?? nextTurn())
      .then(() => {
        if (failure) throw failure;
        flushing = next;
        next = undefined;
        return flush();
      })
      .catch((cause: unknown) => {
        // After a failed write the file's end is unknown: nothing more may be promised.
        failure ??= new Fault('ao/log-write-failed', `cannot write to ${path}`, { cause });
        throw failure;
      });
    return next;
  };

  return {
    append(kind, ...payload) {
      sequence += 1;
      const record = encodeRecord(kind, sequence, payload);
      const offset = end + HEADER_BYTES;
      end += record.byteLength;
      pending.push(record);
      const durable = schedule();
      durable.catch(() => undefined); // whoever awaits it sees the failure
      return { offset, durable };
    },
    settled: () => next ?? flushing ?? Promise.resolve(),
    async read(offset, length) {
      const bytes = Buffer.allocUnsafe(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      if (bytesRead !== length) throw new Fault('ao/log-damaged', `${path} ends before byte ${offset + length}`);
      return bytes;
    },
    async close() {
      await (next ?? flushing)?.catch(() => undefined);
      await file.close();
    },
  };
}

async function create(path: string): Promise<FileHandle> {
  const file = await open(path, WRITE_THROUGH | constants.O_CREAT | constants.O_EXCL, 0o600);
  // The file survives a crash only once the folder that names it is on disk too.
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return file;
}
