import type { Release } from '@beamline/bundler';
import { readRelease } from '@beamline/bundler/release';
import { Fault } from '@beamline/core';
import type { BundleSource } from '@beamline/deployer';

/** Releases on disk; each is read and verified once. */
export interface ReleaseShelf extends BundleSource {
  /** @throws Fault `bundler/missing-release`, `bundler/damaged-release` */
  read(id: string): Promise<Release>;
}

export function createReleaseShelf(dir: string): ReleaseShelf {
  const known = new Map<string, Promise<Release>>();

  const read = (id: string): Promise<Release> => {
    let release = known.get(id);
    if (release === undefined) {
      release = readRelease(dir, id);
      known.set(id, release);
      release.catch(() => known.delete(id));
    }
    return release;
  };

  return {
    read,
    async lua(id, role) {
      const { roles, files } = await read(id);
      const code = files[roles[role]?.bundles.lua.file ?? ''];
      if (code !== undefined) return code;
      throw new Fault('stack/unknown-role', `release ${id} has no role ${role}`);
    },
  };
}
