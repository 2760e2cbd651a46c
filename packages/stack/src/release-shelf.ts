import { readRelease, type Release } from '@beamline/bundler';
import { Fault } from '@beamline/core';
import type { BundleSource, DeployableRelease } from '@beamline/deployer';
import type { Migration } from '@beamline/persistence';

/** Releases on disk; each is read and verified once. */
export interface ReleaseShelf extends BundleSource {
  /** @throws Fault `bundler/missing-release`, `bundler/damaged-release` */
  read(id: string): Promise<Release>;
  deployable(id: string): Promise<DeployableRelease>;
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
    async deployable(id) {
      const { files: _files, ...manifest } = await read(id);
      // The bundler carries migrations without looking inside; the config's were built by `migration(…)`.
      return { ...manifest, migrations: manifest.migrations as unknown as readonly Migration[] };
    },
    async lua(id, role) {
      const { roles, files } = await read(id);
      const code = files[roles[role]?.bundles.lua.file ?? ''];
      if (code !== undefined) return code;
      throw new Fault('stack/unknown-role', `release ${id} has no role ${role}`);
    },
  };
}
