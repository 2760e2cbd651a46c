import type { Disk } from '../stores/disk.ts';

export interface LimitedDisk extends Disk {
  /** Bytes that still fit. */
  free(): number;
  /** Makes room. */
  grow(bytes: number): void;
}

/** A disk with room for `bytes` more: a write that does not fit leaves what did, and fails as a full one does. */
export function limitedDisk(disk: Disk, bytes: number): LimitedDisk {
  let room = bytes;
  const within = async (write: (part: Uint8Array) => Promise<void>, all: Uint8Array): Promise<void> => {
    const part = all.subarray(0, Math.max(0, room));
    room -= part.length;
    await write(part);
    if (part.length < all.length) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  };
  return {
    ...disk,
    free: () => room,
    grow: (more) => { room += more; },
    writeNew: (path, all) => within((part) => disk.writeNew(path, part), all),
    writeLoose: (path, all) => within((part) => disk.writeLoose(path, part), all),
  };
}
