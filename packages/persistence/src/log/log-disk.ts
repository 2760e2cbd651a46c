import { closeSync, fsync, openSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { nodeDisk, type Disk } from '../stores/disk.ts';

/** What a log asks of a disk; each call a point where power may fail. */
export interface LogDisk extends Pick<Disk, 'makeFolder' | 'syncFolder' | 'names' | 'read' | 'remove'> {
  /** Creates a file that must not exist yet, or opens one that does. */
  open(path: string, create: boolean): Promise<LogFile>;
}

export interface LogFile {
  write(bytes: Uint8Array, offset: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

const fsyncAsync = promisify(fsync);

/** The real file system. Writes go to the host's cache at once; what waits for the disk does not hold up the world. */
export const nodeLogDisk: LogDisk = {
  ...nodeDisk,
  async open(path, create) {
    const file = openSync(path, create ? 'wx+' : 'r+');
    return {
      async write(bytes, offset) {
        for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, bytes.length - at, offset + at);
      },
      sync: () => fsyncAsync(file),
      async close() {
        closeSync(file);
      },
    };
  },
};
