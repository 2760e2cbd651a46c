import type { Disk } from '../stores/disk.ts';

export interface FailingDisk extends Disk {
  /** Operations begun so far, the failed one included. */
  operations(): number;
}

/**
 * A disk whose power fails at its n-th operation, counted from 1: that write is torn in the middle, and nothing works
 * afterwards. Renames before it stay, as on a file system that keeps the order of metadata.
 */
export function failingDisk(disk: Disk, failAt: number): FailingDisk {
  let count = 0;
  const alive = () => {
    count += 1;
    return count < failAt;
  };
  const guarded = <A extends unknown[], R>(work: (...args: A) => Promise<R>) => async (...args: A): Promise<R> => {
    if (!alive()) throw powerCut();
    return work(...args);
  };

  return {
    operations: () => count,
    makeFolder: guarded((path: string) => disk.makeFolder(path)),
    async writeNew(path, bytes) {
      if (alive()) return disk.writeNew(path, bytes);
      if (count === failAt) await disk.writeNew(path, bytes.subarray(0, bytes.length >> 1));
      throw powerCut();
    },
    rename: guarded((from: string, to: string) => disk.rename(from, to)),
    syncFolder: guarded((path: string) => disk.syncFolder(path)),
    read: guarded((path: string) => disk.read(path)),
    names: guarded((path: string) => disk.names(path)),
    remove: guarded((path: string) => disk.remove(path)),
  };
}

function powerCut(): NodeJS.ErrnoException {
  return Object.assign(new Error('EIO: power cut'), { code: 'EIO' });
}
