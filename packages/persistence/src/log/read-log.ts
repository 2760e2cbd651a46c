import { join } from 'node:path';
import { Fault } from '@beamline/core';
import { readFailed } from '../stores/disk.ts';
import { nodeLogDisk, type LogDisk } from './log-disk.ts';
import { claimsIn, decodeRecord, decodeSegmentHead, RECORD_HEAD, SEGMENT_HEAD, segmentsIn, type LogMark, type LogRecord, type SegmentName } from './log-format.ts';

export interface ReadLogOptions {
  folder: string;
  /** First sequence wanted. @default the first there is */
  from?: number;
  /** @default the real file system */
  disk?: Pick<LogDisk, 'names' | 'read'>;
}

/** Read at once, unless a record is longer. */
const WINDOW_BYTES = 1024 * 1024;

/**
 * The records of a log in order, while somebody else may write it: ends at the last whole one. Payloads are the caller's.
 * @throws Fault `persistence/log-damaged` with file and offset for anything wrong but a torn tail; `persistence/log-gap`
 * when records from `from` on were truncated; `persistence/log-version`, `persistence/read-failed`.
 */
export async function* readLog({ folder, from, disk = nodeLogDisk }: ReadLogOptions): AsyncIterable<LogRecord> {
  const names = await disk.names(folder).catch((cause: unknown) => { throw readFailed(folder, cause); });
  const segments = segmentsIn(names);
  if (segments.length === 0) await assertNew(disk, folder, names);
  const [oldest] = segments;
  if (oldest !== undefined && from !== undefined && from < oldest.first) {
    throw new Fault('persistence/log-gap', `the log in ${folder} begins at ${oldest.first}, ${from} was asked for`, {
      hint: 'Begin with a snapshot that is not older than the log.', details: { folder, first: oldest.first, from },
    });
  }
  for (const [n, segment] of segments.entries()) {
    const next = segments[n + 1];
    if (next !== undefined && next.first <= (from ?? 0)) continue;
    const scan = scanSegment({ disk, folder, segment, next, before: segments[n - 1] });
    for (let step = await scan.next(); ; step = await scan.next()) {
      if (step.done === true) break;
      if (step.value.sequence >= (from ?? 0)) yield { sequence: step.value.sequence, payload: new Uint8Array(step.value.payload) };
    }
  }
}

/** @throws Fault `persistence/log-damaged` when a folder without segments once had some */
export async function assertNew(disk: Pick<LogDisk, 'names' | 'read'>, folder: string, names: readonly string[]): Promise<void> {
  for (const name of claimsIn(names)) {
    const path = join(folder, name);
    const begun = await disk.read(path, 1).catch((cause: unknown) => { throw readFailed(path, cause); });
    if (begun === undefined || begun.length === 0) continue;
    // Unless it is being begun this moment.
    if (segmentsIn(await disk.names(folder)).length === 0) throw damaged(path, 0, 'a log was begun here, and none of its segments is left');
  }
}

export interface ScanOptions {
  disk: Pick<LogDisk, 'read'>;
  folder: string;
  segment: SegmentName;
  /** The one after it; absent for the last, the only one whose tail may be torn. */
  next: SegmentName | undefined;
  /** The one before it. */
  before: SegmentName | undefined;
}

/** Where a segment ends. */
export interface SegmentEnd {
  /** Sequence the next record has. */
  next: number;
  /** Bytes up to there. */
  bytes: number;
  mark: LogMark | undefined;
}

/** The records of one segment, as views that the next step may overwrite; at last, where it ends. */
export async function* scanSegment({ disk, folder, segment, next, before }: ScanOptions): AsyncGenerator<LogRecord, SegmentEnd> {
  const path = join(folder, segment.name);
  const read = async (length: number, offset: number, file = path): Promise<Buffer> => {
    const bytes = await disk.read(file, length, offset).catch((cause: unknown) => { throw readFailed(file, cause); });
    return bytes === undefined ? Buffer.alloc(0) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  };
  /** Whether this segment was durable, head and all, before the one before it was left. */
  const wasBegun = async (): Promise<boolean> => {
    const earlier = before === undefined ? undefined : decodeSegmentHead(await read(SEGMENT_HEAD, 0, join(folder, before.name)));
    return earlier !== undefined && 'mark' in earlier && earlier.mark?.continued === true;
  };
  const head = decodeSegmentHead(await read(SEGMENT_HEAD, 0));
  if (head !== undefined && 'version' in head) throw unknownVersion(path, head.version);
  if (head === undefined || head.first !== segment.first) {
    // The last segment's head may be torn: then nothing was written after it.
    if (next === undefined && head === undefined && (await read(1, SEGMENT_HEAD)).length === 0 && !await wasBegun()) return { next: segment.first, bytes: 0, mark: undefined };
    if (next?.first === segment.first) return { next: segment.first, bytes: 0, mark: undefined };
    throw damaged(path, 0, 'the head of the segment is damaged');
  }
  if (next === undefined && head.mark?.continued === true) throw damaged(path, head.mark.acknowledgedBytes, 'the segment that follows is not there');

  let offset = SEGMENT_HEAD;
  let sequence = segment.first;
  let window: Buffer = Buffer.alloc(0);
  let at = 0;
  for (;;) {
    if (sequence === next?.first) break;
    const record = decodeRecord(window, at);
    if (record !== undefined && 'needs' in record) {
      const more = await read(Math.max(WINDOW_BYTES, record.needs), offset);
      if (more.length > window.length - at) {
        [window, at] = [more, 0];
        continue;
      }
    } else if (record?.sequence === sequence) {
      yield record;
      const length = record.payload.length + RECORD_HEAD;
      offset += length;
      at += length;
      sequence += 1;
      continue;
    }
    if (next !== undefined) throw damaged(path, offset, `record ${sequence} is damaged or missing; ${next.name} begins at ${next.first}`);
    if (offset < (head.mark?.acknowledgedBytes ?? 0)) throw damaged(path, offset, `record ${sequence} is damaged; it had been acknowledged`);
    if (head.badMarks === 2) throw damaged(path, 24, `both marks are damaged that tell how much had been acknowledged`);
    break;
  }
  return { next: sequence, bytes: offset, mark: head.mark };
}

function damaged(file: string, offset: number, how: string): Fault {
  return new Fault('persistence/log-damaged', `${file} at offset ${offset}: ${how}`, {
    hint: 'Recover from a snapshot that is not older than the damage, or copy the file again from where it is whole.',
    details: { file, offset },
  });
}

function unknownVersion(file: string, version: number): Fault {
  return new Fault('persistence/log-version', `${file} has version ${version}; this reader knows 1`, {
    hint: 'Upgrade Beamline to the version that wrote the log.', details: { file, version },
  });
}
