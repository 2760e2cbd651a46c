import { constants } from 'node:fs';
import { mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openColdFile, type ColdPart } from './cold-file.ts';
import { coolPart, type FullPart, type PartIndex } from './cool-part.ts';
import { logDamaged } from './log-damaged.ts';
import { listParts, partPath, readExactly, syncFolderOf } from './log-files.ts';
import { createLogWriter, type Appended } from './log-writer.ts';
import { scanLog, type ScannedRecord } from './scan.ts';

/**
 * Append-only records with checksums, in files that follow each other. Appends keep their order; those that wait
 * together share one fsync. Offsets count from the start of the first file.
 */
export interface Log {
  append(kind: number, ...payload: Uint8Array[]): Appended;
  /** Resolves once everything appended so far is on disk. */
  settled(): Promise<void>;
  /** Bytes of a payload. Appended records are readable once durable. @throws Fault `ao/log-damaged` */
  read(offset: number, length: number): Promise<Buffer>;
  /** Resolves once no part is being compressed. */
  cooled(): Promise<void>;
  /** Writes what is pending and closes the files. */
  close(): Promise<void>;
}

export interface LogOptions {
  /** A file that has grown beyond is followed by another one. @default no limit */
  partBytes?: number;
  /** Index of a full part, which is compressed then. @default full parts stay as they are */
  newIndex?(): PartIndex;
  /** A part that is compressed, in order of the log: found so, its records are handed out to nobody; or just now. */
  onCold?(part: ColdPart, how: 'found' | 'just-now'): Promise<void> | void;
}

interface ReadablePart {
  base: number;
  end: number;
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** A write is on disk when it returns, where the system knows how: one call instead of a write and a sync. */
const WRITE_THROUGH = constants.O_RDWR | (constants.O_DSYNC ?? 0);

/**
 * Opens or creates a log, hands every record of its plain files to `onRecord` in order, and cuts a torn tail of the
 * last. What lies in compressed parts is neither read nor kept in memory.
 * @throws Fault `ao/log-damaged`
 */
export async function openLog(path: string, onRecord: (record: ScannedRecord) => void, { partBytes = Infinity, newIndex, onCold }: LogOptions = {}): Promise<Log> {
  await mkdir(dirname(path), { recursive: true });
  const parts: ReadablePart[] = [];
  const full: FullPart[] = [];
  let [base, sequence, number] = [0, 0, 0];
  let cooling: Promise<void> = Promise.resolve();
  let closing = false;

  const addCold = async (cold: ColdPart): Promise<void> => {
    parts.push({ base: cold.base, end: cold.base + cold.rawBytes, read: cold.read, close: cold.close });
    await onCold?.(cold, 'found');
  };
  const addPlain = (file: FileHandle, at: string, from: number, bytes: number) => {
    parts.push({
      base: from, end: from + bytes, close: () => file.close(),
      async read(offset, length) {
        const found = await readExactly(file, offset - from, length);
        if (found === undefined) throw logDamaged(at, offset - from, 'it ends early');
        return found;
      },
    });
  };

  const openParts = async (): Promise<void> => {
    for (const part of await listParts(path)) {
      number = part.number;
      if (part.isCold) {
        const cold = await openColdFile(part.path);
        if (cold.base !== base || cold.firstSequence !== sequence + 1) throw logDamaged(part.path, 0, `it begins with record ${cold.firstSequence}, ${sequence + 1} was expected: a part is missing`);
        await addCold(cold);
        base += cold.rawBytes;
        sequence = cold.lastSequence;
        continue;
      }
      const file = await open(part.path, 'r');
      addPlain(file, part.path, base, 0);
      const scan = await scanLog(file, part.path, { base, sequence }, onRecord);
      // Nothing was added to it after its last record was on disk.
      if (scan.endOffset !== scan.size) throw logDamaged(part.path, scan.endOffset, 'it ends in the middle of a record, but another part follows');
      full.push({ path: part.path, base, bytes: scan.size, sequence });
      base += scan.size;
      parts.at(-1)!.end = base;
      sequence = scan.lastSequence;
    }
  };

  /** One after the other; a part that cannot be compressed stays readable as it is, and is tried again at the next start. */
  const cool = (part: FullPart): void => {
    if (newIndex === undefined) return;
    cooling = cooling.then(async () => {
      if (closing) return;
      const cold = await coolPart(part, newIndex());
      const plain = parts.findIndex((each) => each.base === part.base);
      const [old] = parts.splice(plain, 1, { base: cold.base, end: cold.base + cold.rawBytes, read: cold.read, close: cold.close });
      await onCold?.(cold, 'just-now');
      await old?.close();
    }).catch(() => undefined);
  };

  const openActive = () => open(path, WRITE_THROUGH).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return create(path);
  });

  let file: FileHandle | undefined;
  try {
    await openParts();
    file = await openActive();
    const { endOffset, lastSequence } = await scanLog(file, path, { base, sequence }, onRecord);
    await file.truncate(endOffset);
    addPlain(file, path, base, Infinity);
    let start = sequence;
    const writer = createLogWriter({ file, path, base, end: base + endOffset, sequence: lastSequence, partBytes }, async (current, end, last) => {
      const active = parts.at(-1)!;
      active.end = end;
      const to = partPath(path, ++number);
      await rename(path, to);
      const next = await create(path);
      addPlain(next, path, end, Infinity);
      cool({ path: to, base: active.base, bytes: end - active.base, sequence: start });
      start = last;
      return next;
    });
    for (const part of full) cool(part);
    return {
      append: writer.append,
      settled: writer.settled,
      async read(offset, length) {
        const part = parts.findLast(({ base: from }) => from <= offset);
        return part!.read(offset, length);
      },
      cooled: () => cooling,
      async close() {
        closing = true;
        await writer.finish();
        await cooling;
        await Promise.all(parts.map((part) => part.close()));
      },
    };
  } catch (error) {
    await Promise.all([...parts.map((part) => part.close()), file?.close()].map((closed) => closed?.catch(() => undefined)));
    throw error;
  }
}

async function create(path: string): Promise<FileHandle> {
  const file = await open(path, WRITE_THROUGH | constants.O_CREAT | constants.O_EXCL, 0o600);
  await syncFolderOf(path);
  return file;
}
