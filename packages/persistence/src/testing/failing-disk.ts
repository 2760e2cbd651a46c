import { rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Disk } from '../stores/disk.ts';

export interface FailingDisk extends Disk {
  /** Operations begun so far, the failed one included. */
  operations(): number;
}

/**
 * A disk whose power fails at its n-th operation, counted from 1. That write is torn in the middle; names whose folder
 * was not synced since (files renamed, folders made) are gone again, removed ones are back, as POSIX allows; nothing works
 * afterwards.
 */
export function failingDisk(disk: Disk, failAt: number): FailingDisk {
  let count = 0;
  /** Path of a new name → what stood there before, if anything. */
  const unsynced = new Map<string, Uint8Array | undefined>();

  async function step(): Promise<void> {
    count += 1;
    if (count < failAt) return;
    if (count === failAt) await loseUnsynced();
    throw powerCut();
  }

  async function loseUnsynced(): Promise<void> {
    for (const [path, before] of unsynced) {
      await rm(path, { recursive: true, force: true });
      if (before !== undefined) await writeFile(path, before).catch(() => undefined); // its folder is gone, too
    }
  }

  return {
    operations: () => count,
    async makeFolder(path) {
      await step();
      for (let at = path; !(await disk.names(dirname(at))).includes(basename(at)); at = dirname(at)) unsynced.set(at, undefined);
      return disk.makeFolder(path);
    },
    async writeNew(path, bytes) {
      // What is torn lies in a folder that may vanish with it.
      if (count + 1 === failAt) await disk.writeNew(path, bytes.subarray(0, bytes.length >> 1));
      await step();
      await disk.writeNew(path, bytes);
    },
    async writeLoose(path, bytes) {
      if (count + 1 === failAt) await disk.writeLoose(path, bytes.subarray(0, bytes.length >> 1));
      await step();
      unsynced.set(path, undefined);
      await disk.writeLoose(path, bytes);
    },
    async rename(from, to) {
      await step();
      if (!unsynced.has(to)) unsynced.set(to, await disk.read(to));
      await disk.rename(from, to);
    },
    async syncFolder(path) {
      await step();
      await disk.syncFolder(path);
      for (const name of unsynced.keys()) if (dirname(name) === path) unsynced.delete(name);
    },
    async read(path, length, offset) {
      await step();
      return disk.read(path, length, offset);
    },
    async names(path) {
      await step();
      return disk.names(path);
    },
    async entries(path, sized) {
      await step();
      return disk.entries(path, sized);
    },
    async remove(path) {
      await step();
      // Until its folder is synced a removed file may come back.
      if (!unsynced.has(path)) unsynced.set(path, await disk.read(path));
      await disk.remove(path);
    },
  };
}

function powerCut(): NodeJS.ErrnoException {
  return Object.assign(new Error('EIO: power cut'), { code: 'EIO' });
}
