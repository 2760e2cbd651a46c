import { dirname, join, resolve } from 'node:path';
import { Fault } from '@beamline/core';
import { durableFolder, nodeDisk, readFailed, replaceFile, writeFailed, type Disk } from '../stores/disk.ts';
import type { Bucket } from './bucket.ts';

export interface FsBucketOptions {
  /** Directory of the bucket. Created on first write. */
  root: string;
  /** @default the real file system */
  disk?: Disk;
}

const NAME = /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*$/;

/** A folder as a bucket: every object a file, written aside, fsynced, renamed, its folder fsynced. */
export function createFsBucket({ root: folder, disk = nodeDisk }: FsBucketOptions): Bucket {
  const root = resolve(folder);
  const pathOf = (name: string): string => {
    if (!NAME.test(name)) throw badName(name);
    return join(root, name);
  };

  /** Folders that were made durable: that takes an fsync for each level. */
  const settled = new Set<string>();
  async function ready(path: string): Promise<void> {
    if (settled.has(path)) return;
    await durableFolder(disk, root, path);
    settled.add(path);
  }

  async function* below(path: string, name: string, sized: (name: string) => boolean): AsyncIterable<{ name: string; sizeBytes: number }> {
    const entries = await disk.entries(path, (file) => sized(name + file)).catch((cause: unknown) => { throw readFailed(path, cause); });
    for (const entry of entries) {
      const inside = `${name}${entry.name}`;
      if (entry.folder) yield* below(join(path, entry.name), `${inside}/`, sized);
      else yield { name: inside, sizeBytes: entry.sizeBytes };
    }
  }

  return {
    kind: 'fs',

    async put(name, bytes, { fleeting = false } = {}) {
      const path = pathOf(name);
      if (fleeting) {
        await disk.makeFolder(dirname(path)).then(() => disk.writeLoose(path, bytes)).catch((cause: unknown) => { throw writeFailed(path, cause); });
        return;
      }
      await ready(dirname(path));
      await replaceFile(disk, path, bytes);
      await disk.syncFolder(dirname(path)).catch((cause: unknown) => { throw writeFailed(path, cause); });
    },

    get: async (name, length) =>
      NAME.test(name) ? disk.read(join(root, name), length).catch((cause: unknown) => { throw readFailed(name, cause); }) : undefined,

    part: async (name, offset, length) =>
      NAME.test(name) ? disk.read(join(root, name), length, offset).catch((cause: unknown) => { throw readFailed(name, cause); }) : undefined,

    list: (prefix, sized = () => true) => below(join(root, prefix), prefix, sized),

    async remove(names, { fleeting = false } = {}) {
      const paths = names.map(pathOf);
      const folders = new Set(paths.map((path) => dirname(path)));
      for (const path of paths) await disk.remove(path).catch((cause: unknown) => { throw writeFailed(path, cause); });
      if (fleeting) return;
      // A manifest that came back after a power cut would promise pages that were collected since.
      for (const path of folders) await disk.syncFolder(path).catch(ignoreMissing).catch((cause: unknown) => { throw writeFailed(path, cause); });
    },
  };
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

function badName(name: string): Fault {
  return new Fault('persistence/bad-ref', `${JSON.stringify(name)} cannot name an object of a store`, {
    hint: 'Names hold letters, digits, . _ ~ and - between slashes.',
  });
}
