import { randomUUID } from 'node:crypto';
import { closeSync, fsync, mkdirSync, openSync, read as readCallback, renameSync, write as writeCallback, writeSync } from 'node:fs';
import { readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '@beamline/core';

/** The file operations a store needs, failing with the host's errors; each one a point where power may fail. `failingDisk` in `testing` counts them. */
export interface Disk {
  makeFolder(path: string): Promise<void>;
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
  /** What is in a folder, in no order; nothing when it does not exist. What vanishes meanwhile is left out. */
  entries(path: string): Promise<DiskEntry[]>;
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
 * more, and a busy machine lets each one wait. What waits for a disk does not hold up the world.
 */
export const nodeDisk: Disk = {
  async makeFolder(path) {
    mkdirSync(path, { recursive: true });
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
  writeLoose: (path, bytes) => writeFile(path, bytes),
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
    try {
      if (length !== undefined) return await readPart(path, length, offset);
      return new Uint8Array(await readFile(path)); // plain bytes: no Buffer leaves this package
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  },
  async names(path) {
    try {
      return await readdir(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  },
  async entries(path) {
    const found = await readdir(path, { withFileTypes: true }).catch(onMissing([]));
    const entries: DiskEntry[] = [];
    for (const one of found) {
      const folder = one.isDirectory();
      const sizeBytes = folder ? 0 : await stat(join(path, one.name)).then(({ size }) => size, onMissing(undefined));
      if (sizeBytes !== undefined) entries.push({ name: one.name, folder, sizeBytes });
    }
    return entries;
  },
  remove: (path) => rm(path, { force: true }),
};

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

async function readPart(path: string, length: number, offset: number): Promise<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    const { bytesRead, buffer } = await readAsync(file, new Uint8Array(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    closeSync(file);
  }
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
export async function durableFolder(disk: Disk, root: string, folder: string): Promise<void> {
  try {
    await disk.makeFolder(folder);
    for (let at = folder; at.length >= root.length; at = dirname(at)) await disk.syncFolder(dirname(at));
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
