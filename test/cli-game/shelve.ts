import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeRelease } from '@beamline/bundler/release';
import type { BeamlineConfig } from '@beamline/stack';
import { builtRelease } from '../built.ts';
import v1 from './beamline.config.ts';
import v2 from './beamline.v2.config.ts';
import v4 from './beamline.v4.config.ts';

const configs: Readonly<Record<'v1' | 'v2' | 'v4', BeamlineConfig>> = { v1, v2, v4 };

/** Puts a release of the small game on the shelf of a state folder, built once for all tests. Gives its id. */
export async function shelve(state: string, name: keyof typeof configs): Promise<string> {
  const { game, version, roles, migrations = [], lock = 'world.lock' } = configs[name];
  const { release } = await builtRelease({
    game, version, root: import.meta.dirname, migrations: migrations as unknown as readonly Record<string, unknown>[],
    roles: Object.fromEntries(Object.entries(roles).map(([role, source]) => [role, { ...source, targets: ['lua' as const] }])),
    lock: JSON.parse(await readFile(join(import.meta.dirname, lock), 'utf8')),
  });
  await writeRelease(join(state, 'releases'), release);
  return release.id;
}
