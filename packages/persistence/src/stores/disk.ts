import { randomUUID } from 'node:crypto';
import {
  closeSync, fstatSync, fsync, mkdirSync, openSync, read as readCallback, readdirSync, readSync, renameSync, statSync, unlinkSync, write as writeCallback,
  writeFileSync, writeSync, type Dirent,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '@beamline/core';

/** The file operations a store needs, failing with the host's errors; each one a point where power may fail. `failingDisk` in `testing` counts them. */
export interface Disk {
  /** With the folders above it. Resolves to the topmost one that was not there. */
  makeFolder(path: string): Promise<string | undefined>;
  /** Creates `path`, writes all bytes, fsyncs, closes. */
  writeNew(path: string, bytes: Uint8Array): Promise<void>;
  /** Creates or replaces `path` without fsync: for what nobody needs after a power cut. Readers may see half of it. */
  writeLoose(path: string, bytes: Uint8Array): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A rename survives a crash only once the folder that holds the name is synced too. */
  syncFolder(path: string): Promise<void>;
  /** The file, or `length` bytes of it from `offset` on, fewer where it ends. `undefined`: no such file. */
  read(path: string, length?: number, offset?: number): Promise<Uint8Array | undefined>;
  /** Names in a folder; none when it does not exist. */
  names(path: string): Promise<string[]>;
  /**
   * What is in a folder, in no order; nothing when it does not exist. What vanishes meanwhile is left out.
   * @param sized whose size is wanted, by name; that of others is 0. @default everybody's
   */
  entries(path: string, sized?: (name: string) => boolean): Promise<DiskEntry[]>;
  remove(path: string): Promise<void>;
}

export interface DiskEntry {
  name: string;
  folder: boolean;
  /** 0 for folders. */
  sizeBytes: number;
}

/**
 * The real file system. What only touches names is done at once, in microseconds: a trip through the host's threads costs
 * more, and a busy machine lets each one wait. What waits
 * for a disk, and what is large, does not hold up the world.
 */
export const nodeDisk: Disk = {
  async makeFolder(path) {
    return mkdirSync(path, { recursive: true });
  },
  async writeNew(path, bytes) {
    const file = openSync(path, 'wx');
    try {
      for (let at = 0; at < bytes.length;) at += await write(file, bytes, at);
      await fsyncAsync(file);
    } finally {
      closeSync(file);
    }
  },
  async writeLoose(path, bytes) {
    writeFileSync(path, bytes);
  },
  async rename(from, to) {
    renameSync(from, to);
  },
  async syncFolder(path) {
    const folder = openSync(path, 'r');
    try {
      await fsyncAsync(folder);
    } finally {
      closeSync(folder);
    }
  },
  async read(path, length, offset = 0) {
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch (error) {
      return onMissing(undefined)(error);
    }
    try {
      return await readOpen(file, length ?? fstatSync(file).size, offset);
    } finally {
      closeSync(file);
    }
  },
  async names(path) {
    return namesIn(path);
  },
  async entries(path, sized = () => true) {
    return dirEntriesIn(path).flatMap((entry): DiskEntry[] => {
      if (entry.isDirectory()) return [{ name: entry.name, folder: true, sizeBytes: 0 }];
      if (!sized(entry.name)) return [{ name: entry.name, folder: false, sizeBytes: 0 }];
      const found = statSync(join(path, entry.name), { throwIfNoEntry: false });
      return found === undefined ? [] : [{ name: entry.name, folder: false, sizeBytes: found.size }];
    });
  },
  async remove(path) {
    try {
      unlinkSync(path);
    } catch (error) {
      onMissing(undefined)(error);
    }
  },
};

function dirEntriesIn(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    return onMissing([])(error);
  }
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    return onMissing([])(error);
  }
}

function onMissing<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return instead;
    throw error;
  };
}

const fsyncAsync = promisify(fsync);
const writeAsync = promisify(writeCallback);
const readAsync = promisify(readCallback);
/** What is copied into the host's cache faster than a thread takes it up. */
const SMALL_BYTES = 256 * 1024;

async function write(file: number, bytes: Uint8Array, at: number): Promise<number> {
  if (bytes.length - at <= SMALL_BYTES) return writeSync(file, bytes, at);
  return (await writeAsync(file, bytes, at, bytes.length - at, null)).bytesWritten;
}

/** Plain bytes: no Buffer leaves this package. */
async function readOpen(file: number, length: number, offset: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const left = length - at;
    const read = left <= SMALL_BYTES ? readSync(file, bytes, at, left, offset + at) : (await readAsync(file, bytes, at, left, offset + at)).bytesRead;
    if (read === 0) break;
    at += read;
  }
  return at === length ? bytes : bytes.slice(0, at);
}

/**
 * Writes temp → fsync → rename. The caller syncs the folder, once for many files, before it promises durability.
 * @throws Fault `persistence/write-failed`.
 */
export async function replaceFile(disk: Pick<Disk, 'writeNew' | 'rename' | 'remove'>, path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await disk.writeNew(draft, bytes);
    await disk.rename(draft, path);
  } catch (cause) {
    await disk.remove(draft).catch(() => undefined);
    throw writeFailed(path, cause);
  }
}

/**
 * Creates `folder` below `root` so that it survives a crash: every new name on the way is synced in its parent.
 * @throws Fault `persistence/write-failed`.
 */
export async function durableFolder(disk: Pick<Disk, 'makeFolder' | 'syncFolder'>, root: string, folder: string): Promise<void> {
  try {
    const made = await disk.makeFolder(folder);
    // What lies above the root was there before, or was made just now.
    const top = made === undefined || made.length > root.length ? root : made;
    for (let at = folder; at.length >= top.length; at = dirname(at)) await disk.syncFolder(dirname(at));
  } catch (cause) {
    throw writeFailed(folder, cause);
  }
}

export function readFailed(path: string, cause: unknown): Fault {
  return new Fault('persistence/read-failed', `fs: cannot read ${path}`, {
    hint: 'Check the disk and the rights of the folder, then repeat.',
    retryable: true,
    cause,
  });
}

export function writeFailed(path: string, cause: unknown): Fault {
  return new Fault('persistence/write-failed', `fs: cannot write ${path}`, {
    hint: 'Check the space and the rights of the folder, then repeat: a put is safe to repeat.',
    retryable: true,
    cause,
  });
}
