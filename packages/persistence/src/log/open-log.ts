import { join, resolve } from 'node:path';
import { Fault } from '@beamline/core';
import { durableFolder, readFailed, writeFailed } from '../stores/disk.ts';
import { nodeLogDisk, type LogDisk, type LogFile } from './log-disk.ts';
import {
  BEGUN, claimName, claimsIn, encodeMark, encodeRecords, encodeSegmentHead, MAX_PAYLOAD_BYTES, newestEpoch, segmentName, segmentsIn, SEGMENT_HEAD, type LogRecord,
} from './log-format.ts';
import { assertNew, readLog, scanSegment, type SegmentEnd } from './read-log.ts';

export interface LogOptions {
  folder: string;
  /** A new segment begins beyond. @default 67_108_864 */
  segmentBytes?: number;
  /** Where the world goes on: the sequence a new log begins with, and an old one must have reached. @default 1 */
  first?: number;
  /** @default the real file system */
  disk?: LogDisk;
}

/** An append-only log of the messages a world in JavaScript applied. */
export interface Log {
  /** Sequence the next record gets. */
  next(): number;
  /**
   * Adds a record; resolves to its sequence once it survives a power cut. Records added while the disk works share its next
   * fsync. After a rejection the log takes nothing more: open it again, and look at `next`, since what was rejected may
   * be there nevertheless.
   * @throws Fault `persistence/write-failed`, `persistence/log-taken` when another writer opened the log.
   */
  append(payload: Uint8Array): Promise<number>;
  read(from?: number): AsyncIterable<LogRecord>;
  /** Removes segments that hold nothing from `sequence` on: what a durable snapshot made needless. Never the last one. */
  truncate(sequence: number): Promise<void>;
  /** Waits for what was added. */
  close(): Promise<void>;
}

interface Pending extends LogRecord {
  resolve(sequence: number): void;
  reject(reason: unknown): void;
}

/**
 * Opens a log for writing, creating it if need be, and fences off whoever wrote it before: they can no longer
 * acknowledge anything. A torn tail is left behind; any other damage is refused.
 * @throws Fault as `readLog`; `persistence/log-gap` when it ends before `first`; `persistence/write-failed`,
 * `persistence/log-taken`.
 */
export async function openLog({ folder: given, segmentBytes = 64 * 1024 * 1024, first = 1, disk = nodeLogDisk }: LogOptions): Promise<Log> {
  const folder = resolve(given);
  await durableFolder(disk, folder, folder);
  const epoch = await claim(disk, folder);
  // Looked at after the claim: what an earlier writer acknowledged before it could see the claim is in there.
  const names = await namesIn(disk, folder);
  const segments = segmentsIn(names);
  if (segments.length === 0) await assertNew(disk, folder, names);
  const last = segments.at(-1);
  const end = last === undefined ? undefined : await endOf(disk, folder, segments);
  const opening = end?.next ?? first;
  if (first > opening) {
    throw new Fault('persistence/log-gap', `the log in ${folder} ends at ${opening - 1}, the world goes on at ${first}`, {
      hint: 'The newest records are lost; the snapshot has what they did. Move the folder away and begin a new log.', details: { folder, end: opening - 1, first },
    });
  }
  let segment = await begin(disk, folder, opening, epoch);
  await noteBegun(disk, folder, epoch);
  if (last !== undefined && end!.bytes > 0) await markContinued(disk, join(folder, last.name), end!);
  await settleClaims(disk, folder, epoch);

  let sequence = opening;
  let queue: Pending[] = [];
  let working: Promise<void> | undefined;
  let failure: unknown;

  async function work(): Promise<void> {
    while (queue.length > 0 && failure === undefined) {
      const batch = queue;
      queue = [];
      try {
        if (segment.bytes >= segmentBytes) segment = await rotate(disk, folder, segment, batch[0]!.sequence, epoch);
        await write(disk, folder, segment, batch, epoch);
        for (const { sequence: done, resolve: settle } of batch) settle(done);
      } catch (cause) {
        failure = cause instanceof Fault ? cause : writeFailed(folder, cause);
        for (const { reject } of [...batch, ...queue]) reject(failure);
        queue = [];
      }
    }
    working = undefined;
  }

  return {
    next: () => sequence,
    append(payload) {
      if (failure !== undefined) return Promise.reject(failure as Error);
      if (payload.length > MAX_PAYLOAD_BYTES) return Promise.reject(tooLarge(payload.length));
      const record = { sequence, payload };
      sequence += 1;
      return new Promise((settle, reject) => {
        queue.push({ ...record, resolve: settle, reject });
        // A turn later: what is added meanwhile goes with it.
        working ??= Promise.resolve().then(work);
      });
    },
    read: (from) => readLog({ folder, disk, ...(from !== undefined && { from }) }),
    async truncate(until) {
      const old = segmentsIn(await namesIn(disk, folder));
      try {
        // Oldest first: killed on the way, what is left is still without a gap.
        for (const [n, { name }] of old.entries()) if (n + 1 < old.length && old[n + 1]!.first <= until) await disk.remove(join(folder, name));
        await disk.syncFolder(folder);
      } catch (cause) {
        throw writeFailed(folder, cause);
      }
    },
    async close() {
      await working;
      await segment.file.close().catch(() => undefined); // what was acknowledged is durable
      failure ??= new Fault('persistence/write-failed', `the log in ${folder} is closed`, { hint: 'Open it again.' });
    },
  };
}

interface OpenSegment {
  name: string;
  file: LogFile;
  bytes: number;
  marks: number;
}

async function namesIn(disk: LogDisk, folder: string): Promise<string[]> {
  return disk.names(folder).catch((cause: unknown) => { throw readFailed(folder, cause); });
}

/** Says that a new writer is here. Of two at once, the one with the higher number wins. */
async function claim(disk: LogDisk, folder: string): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const epoch = newestEpoch(await namesIn(disk, folder)) + 1;
    try {
      const file = await disk.open(join(folder, claimName(epoch)), true);
      await file.close();
      return epoch;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFailed(folder, cause);
    }
  }
  throw taken(folder);
}

/** From here on a folder without segments has lost them. Not before the first is durable: a crash must not look like a loss. */
async function noteBegun(disk: LogDisk, folder: string, epoch: number): Promise<void> {
  const path = join(folder, claimName(epoch));
  try {
    const file = await disk.open(path, false);
    try {
      await file.write(BEGUN, 0);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === 'ENOENT' ? taken(folder) : writeFailed(path, cause);
  }
}

async function settleClaims(disk: LogDisk, folder: string, epoch: number): Promise<void> {
  try {
    for (const name of claimsIn(await disk.names(folder))) if (name < claimName(epoch)) await disk.remove(join(folder, name));
  } catch (cause) {
    throw writeFailed(folder, cause);
  }
}

async function endOf(disk: LogDisk, folder: string, segments: ReturnType<typeof segmentsIn>): Promise<SegmentEnd> {
  const scan = scanSegment({ disk, folder, segment: segments.at(-1)!, next: undefined, before: segments.at(-2) });
  for (let step = await scan.next(); ; step = await scan.next()) if (step.done === true) return step.value;
}

async function begin(disk: LogDisk, folder: string, first: number, epoch: number): Promise<OpenSegment> {
  const name = segmentName(first, epoch);
  try {
    const file = await disk.open(join(folder, name), true);
    await file.write(encodeSegmentHead(first), 0);
    await file.sync();
    await disk.syncFolder(folder);
    return { name, file, bytes: SEGMENT_HEAD, marks: 0 };
  } catch (cause) {
    throw writeFailed(join(folder, name), cause);
  }
}

/** So that a segment which is lost is missed. */
async function markContinued(disk: LogDisk, path: string, { bytes, mark }: Pick<SegmentEnd, 'bytes' | 'mark'>): Promise<void> {
  try {
    const file = await disk.open(path, false);
    await sealWith(file, bytes, (mark?.number ?? 0) + 1);
  } catch (cause) {
    throw writeFailed(path, cause);
  }
}

async function sealWith(file: LogFile, acknowledgedBytes: number, number: number): Promise<void> {
  try {
    const { bytes, offset } = encodeMark({ number, acknowledgedBytes, continued: true });
    await file.write(bytes, offset);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function rotate(disk: LogDisk, folder: string, old: OpenSegment, first: number, epoch: number): Promise<OpenSegment> {
  const fresh = await begin(disk, folder, first, epoch);
  await sealWith(old.file, old.bytes, old.marks + 1);
  return fresh;
}

/** One write, one fsync; then the look at whether somebody else took over, and only then the acknowledgement. */
async function write(disk: LogDisk, folder: string, segment: OpenSegment, batch: readonly LogRecord[], epoch: number): Promise<void> {
  const bytes = encodeRecords(batch);
  await segment.file.write(bytes, segment.bytes);
  await segment.file.sync();
  if (newestEpoch(await disk.names(folder)) > epoch) throw taken(folder);
  segment.bytes += bytes.length;
  segment.marks += 1;
  const mark = encodeMark({ number: segment.marks, acknowledgedBytes: segment.bytes, continued: false });
  await segment.file.write(mark.bytes, mark.offset);
}

function taken(folder: string): Fault {
  return new Fault('persistence/log-taken', `another writer has opened the log in ${folder}`, {
    hint: 'Stop one of the two: a log has one writer. What was not acknowledged here may or may not be in it.',
  });
}

function tooLarge(bytes: number): Fault {
  return new Fault('persistence/log-too-large', `a record of ${bytes} bytes is more than the ${MAX_PAYLOAD_BYTES} a log takes`, {
    hint: 'Store large things as a snapshot does, and log their name.', details: { bytes },
  });
}
