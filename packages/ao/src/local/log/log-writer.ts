import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Fault } from '@beamline/core';
import { encodeRecord, HEADER_BYTES } from './record.ts';

export interface Appended {
  /** Where the payload begins in the whole log. */
  offset: number;
  /** Resolves once the record, and everything before it, is on disk. */
  durable: Promise<void>;
}

export interface WriterStart {
  file: FileHandle;
  path: string;
  /** Where the file begins in the whole log, and where the next record goes. */
  base: number;
  end: number;
  /** Of the last record. */
  sequence: number;
  partBytes: number;
}

/**
 * Appends records. At most one write runs; whatever arrives meanwhile goes into the next one together.
 * @param follow gives the file that follows one which is full up to `end`, after record `sequence`.
 */
export function createLogWriter(start: WriterStart, follow: (file: FileHandle, end: number, sequence: number) => Promise<FileHandle>) {
  const { path, partBytes } = start;
  let { file, base, end, sequence } = start;
  let written = end;
  let writtenSequence = sequence;
  let pending: Buffer[] = [];
  let flushing: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let failure: Fault | undefined;

  const flush = async (): Promise<void> => {
    if (written - base >= partBytes) {
      file = await follow(file, written, writtenSequence);
      base = written;
    }
    const buffers = pending;
    pending = [];
    const last = sequence;
    const bytes = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
    const { bytesWritten } = await file.writev(buffers, written - base);
    if (bytesWritten !== bytes) throw new Error(`${bytesWritten} of ${bytes} bytes were written`);
    written += bytes;
    writtenSequence = last;
    if (constants.O_DSYNC === undefined) await file.datasync();
  };

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
    append(kind: number, ...payload: Uint8Array[]): Appended {
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
    async finish(): Promise<void> {
      await (next ?? flushing)?.catch(() => undefined);
    },
  };
}
