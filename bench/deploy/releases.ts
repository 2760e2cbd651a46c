import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { buildRelease, type Release } from '@beamline/bundler';
import type { DeployableRelease, ReleasedRole } from '@beamline/deployer';
import { skillsAndStamina } from '../../apps/arena/src/v2/migration.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PIECES = '70707071';

/** A release, and the Lua of its roles. */
export interface Game {
  release: DeployableRelease;
  lua: Readonly<Record<string, string>>;
}

/** Arena in two versions, the second with a migration of the world, with room for scenery (`withScenery`). */
export async function buildArena(): Promise<{ v1: Game; v2: Game }> {
  const roles = (version: 'v1' | 'v2') => ({
    world: { entry: `bench/deploy/roles/world-${version}.ts`, targets: ['lua'] as const },
    battle: { entry: `apps/arena/src/${version}/battle.ts`, targets: ['lua'] as const, shards: 2, dependsOn: ['world'] },
    market: { entry: 'apps/arena/src/shared/market/market.lua', targets: ['lua'] as const, dependsOn: ['world'] },
  });
  const first = await buildRelease({ game: 'arena', version: '1', root: ROOT, roles: roles('v1') });
  const second = await buildRelease({ game: 'arena', version: '2', root: ROOT, roles: roles('v2'), lock: first.lock, migrations: [skillsAndStamina as unknown as Record<string, unknown>] });
  return { v1: gameOf(first.release), v2: gameOf(second.release) };
}

const gameOf = (release: Release): Game => ({
  release, lua: Object.fromEntries(Object.keys(release.roles).map((role) => [role, release.files[`${role}.lua`]!])),
});

/** Another release: every role's Lua changed, its layout as it is. */
export function rewritten({ release, lua }: Game, name: string, change: (lua: string) => string, only: readonly string[] = Object.keys(lua)): Game {
  const sources: Record<string, string> = {};
  const roles: Record<string, ReleasedRole> = {};
  for (const role of only) {
    const source = change(lua[role]!);
    sources[role] = source;
    roles[role] = { ...release.roles[role]!, bundles: { lua: { sha256: sha256(source), bytes: source.length } } };
  }
  return { release: { ...release, id: sha256(`${release.id} ${name} ${Object.values(sources).map(sha256).join(' ')}`), roles }, lua: sources };
}

/** The world alone. */
export const worldOf = (game: Game): Game => rewritten(game, 'world alone', (lua) => lua, ['world']);

/** The same on so many processes: one world, one market, and battles. */
export function onProcesses({ release, lua }: Game, processes: number): Game {
  const { battle } = release.roles;
  return { lua, release: { ...release, id: sha256(`${release.id} on ${processes}`), roles: { ...release.roles, battle: { ...battle!, shards: processes - 2 } } } };
}

/** The same with so many things on the map that nobody moves. */
export function withScenery(game: Game, pieces: number): Game {
  if (!game.lua['world']!.includes(PIECES)) throw new Error('the bundle of the world does not say how much scenery there is');
  return rewritten(game, `scenery ${pieces}`, (lua) => lua.replaceAll(PIECES, String(pieces)));
}

/** The same under another id, every bundle with another hash: a release that changes all processes and nothing in them. */
export const reworded = (game: Game, word: string): Game => rewritten(game, word, (lua) => `${lua}\n-- ${word}\n`);

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
