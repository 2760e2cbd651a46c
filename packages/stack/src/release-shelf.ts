import { readdir } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Release } from '@beamline/bundler';
import { readRelease } from '@beamline/bundler/release';
import { Fault } from '@beamline/core';
import type { BundleSource } from '@beamline/deployer';
import { checkSignature } from './integrity/signing.ts';

/** Releases on disk; each is read and verified once, its signature too where it has one. */
export interface ReleaseShelf extends BundleSource {
  /** @throws Fault `bundler/missing-release`, `bundler/damaged-release`, `bundler/wrong-signature` */
  read(id: string): Promise<Release>;
  /** Ids, sorted. */
  list(): Promise<string[]>;
}

export function createReleaseShelf(dir: string): ReleaseShelf {
  const known = new Map<string, Promise<Release>>();

  const read = (id: string): Promise<Release> => {
    let release = known.get(id);
    if (release === undefined) {
      release = readRelease(dir, id, { checkSignature });
      known.set(id, release);
      release.catch(() => known.delete(id));
    }
    return release;
  };

  return {
    read,
    async list() {
      const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return [];
      });
      return names.filter((name) => /^[0-9a-f]{64}$/.test(name)).sort();
    },
    async lua(id, role) {
      const { roles, files } = await read(id);
      const code = files[roles[role]?.bundles.lua.file ?? ''];
      if (code !== undefined) return code;
      throw new Fault('stack/unknown-role', `release ${id} has no role ${role}`);
    },
  };
}

/** A release by its id, its beginning (of at least 8 digits), or its folder. @throws Fault of `read`, and `stack/unknown-release` */
export async function findRelease(shelf: ReleaseShelf, name: string, cwd: string): Promise<Release> {
  if (!/^[0-9a-f]{8,64}$/.test(name)) {
    const folder = resolve(cwd, name);
    return readRelease(dirname(folder), basename(folder), { checkSignature });
  }
  const [only, ...more] = name.length === 64 ? [name] : (await shelf.list()).filter((id) => id.startsWith(name));
  if (only !== undefined && more.length === 0) return shelf.read(only);
  throw new Fault('stack/unknown-release', only === undefined ? `there is no release ${name}` : `${more.length + 1} releases begin with ${name}`, {
    hint: 'Name it by its whole id, or its folder.',
  });
}
