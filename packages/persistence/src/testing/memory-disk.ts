import { dirname } from 'node:path';
import type { LogDisk } from '../log/log-disk.ts';
import type { Disk } from '../stores/disk.ts';

/** What becomes of bytes and names that were not synced: none, all, or of the bytes so many in the order they were written. */
export type Fate = 'lost' | 'kept' | { bytes: number };

/** A disk in memory that knows what is durable. Every operation counts, and may be the one at which something happens. */
export interface MemoryDisk extends Disk, LogDisk {
  /** Operations begun so far. */
  operations(): number;
  /** Bytes written and not synced. */
  unsyncedBytes(): number;
  /** What the next machine finds. This one does nothing any more. */
  powerCut(fate: Fate): MemoryDisk;
  /** Paths and contents as they are now; change them to damage the disk. */
  readonly files: Map<string, { bytes: Uint8Array }>;
}

export interface MemoryDiskOptions {
  /** The operation, counted from 1, at which it fails. @default never */
  failAt?: number;
  /** How: power that is gone for good; or no room for anything written from then on, half of that write included. @default 'power' */
  failure?: 'power' | 'full';
  /** Says that it synced, and does not. @default false */
  lies?: boolean;
}

interface File {
  bytes: Uint8Array;
  synced: Uint8Array;
  /** Since the last sync, in order. */
  writes: { bytes: Uint8Array; offset: number }[];
}

export function createMemoryDisk(options: MemoryDiskOptions = {}): MemoryDisk {
  return diskOf(new Map(), new Set(['/', '.']), options);
}

function diskOf(files: Map<string, File>, folders: Set<string>, { failAt = Infinity, failure = 'power', lies = false }: MemoryDiskOptions): MemoryDisk {
  const durableNames = new Map(files);
  const durableFolders = new Set(folders);
  let count = 0;
  let dead = false;

  const broken = (code: string) => Object.assign(new Error(`${code}: the memory disk`), { code });
  /** @param write what would be written, if anything: a part of it may be */
  function step(write?: (share: number) => void): void {
    count += 1;
    if (dead) throw broken('EIO');
    if (count < failAt || (failure === 'full' && write === undefined)) return;
    if (count === failAt) write?.(0.5);
    if (failure === 'full') throw broken('ENOSPC');
    dead = true;
    throw broken('EIO');
  }

  const fileAt = (path: string): File => files.get(path) ?? fail('ENOENT');
  function fail(code: string): never {
    throw broken(code);
  }
  function create(path: string, exclusive: boolean): File {
    if (exclusive && files.has(path)) fail('EEXIST');
    if (!folders.has(dirname(path))) fail('ENOENT');
    const file: File = { bytes: new Uint8Array(0), synced: new Uint8Array(0), writes: [] };
    files.set(path, file);
    return file;
  }
  function write(file: File, bytes: Uint8Array, offset: number): void {
    file.writes.push({ bytes: Uint8Array.from(bytes), offset });
    file.bytes = written(file.bytes, bytes, offset);
  }
  function sync(file: File): void {
    if (lies) return;
    file.synced = file.bytes.slice();
    file.writes = [];
  }
  const inFolder = (folder: string) => [...files.keys()].filter((path) => dirname(path) === folder);

  return {
    files,
    operations: () => count,
    unsyncedBytes: () => [...files.values()].flatMap(({ writes }) => writes).reduce((sum, { bytes }) => sum + bytes.length, 0),

    powerCut(fate) {
      dead = true;
      let left = fate === 'lost' ? 0 : fate === 'kept' ? Infinity : fate.bytes;
      const found = new Map<string, File>();
      for (const [path, file] of fate === 'lost' ? durableNames : files) {
        let bytes = file.synced;
        for (const part of file.writes) {
          const kept = part.bytes.subarray(0, Math.min(left, part.bytes.length));
          if (kept.length > 0) bytes = written(bytes, kept, part.offset);
          left -= kept.length;
        }
        found.set(path, { bytes, synced: bytes, writes: [] });
      }
      const there = fate === 'lost' ? durableFolders : folders;
      // A folder whose own name is lost takes what is in it along.
      const isReached = (path: string): boolean => there.has(path) && (dirname(path) === path || isReached(dirname(path)));
      const reached = new Set([...there].filter(isReached));
      for (const path of [...found.keys()]) if (!reached.has(dirname(path))) found.delete(path);
      return diskOf(found, reached, {});
    },

    async makeFolder(given) {
      step();
      const path = folderPath(given);
      let made: string | undefined;
      for (let at = path; !folders.has(at); at = dirname(at)) {
        folders.add(at);
        made = at;
      }
      return made;
    },
    async writeNew(path, bytes) {
      step((share) => { write(create(path, true), bytes.subarray(0, bytes.length * share), 0); });
      const file = create(path, true);
      write(file, bytes, 0);
      sync(file);
    },
    async writeLoose(path, bytes) {
      step((share) => { write(create(path, false), bytes.subarray(0, bytes.length * share), 0); });
      write(create(path, false), bytes, 0);
    },
    async rename(from, to) {
      step();
      const file = fileAt(from);
      files.delete(from);
      files.set(to, file);
    },
    async syncFolder(given) {
      step();
      const path = folderPath(given);
      if (!folders.has(path)) fail('ENOENT');
      if (lies) return;
      for (const name of [...durableNames.keys()]) if (dirname(name) === path && !files.has(name)) durableNames.delete(name);
      for (const name of inFolder(path)) durableNames.set(name, files.get(name)!);
      for (const folder of folders) if (dirname(folder) === path) durableFolders.add(folder);
    },
    async read(path, length, offset = 0) {
      step();
      return files.get(path)?.bytes.slice(offset, length === undefined ? undefined : offset + length);
    },
    async names(given) {
      step();
      const path = folderPath(given);
      const below = [...folders].filter((folder) => folder !== path && dirname(folder) === path);
      return [...inFolder(path), ...below].map((name) => name.slice(path.length + 1));
    },
    async entries(given) {
      step();
      const path = folderPath(given);
      const below = [...folders].filter((folder) => folder !== path && dirname(folder) === path);
      return [
        ...inFolder(path).map((name) => ({ name: name.slice(path.length + 1), folder: false, sizeBytes: files.get(name)!.bytes.length })),
        ...below.map((name) => ({ name: name.slice(path.length + 1), folder: true, sizeBytes: 0 })),
      ];
    },
    async remove(path) {
      step();
      files.delete(path);
    },
    async open(path, exclusive) {
      step();
      const file = exclusive ? create(path, true) : fileAt(path);
      return {
        async write(bytes, offset) {
          step((share) => { write(file, bytes.subarray(0, bytes.length * share), offset); });
          write(file, bytes, offset);
        },
        async sync() {
          step();
          sync(file);
        },
        close: async () => undefined,
      };
    },
  };
}

function written(bytes: Uint8Array, part: Uint8Array, offset: number): Uint8Array {
  const result = new Uint8Array(Math.max(bytes.length, offset + part.length));
  result.set(bytes);
  result.set(part, offset);
  return result;
}

function folderPath(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
