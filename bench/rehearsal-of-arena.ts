import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { buildRelease } from '@beamline/bundler';
import { systemClock as clock, type AoMap, type Assignment } from '@beamline/core';
import { emptyState, planDeployment, type DeployableRelease, type EnvironmentState } from '@beamline/deployer';
import { rehearse, type Rehearsed, type RehearseOptions } from '@beamline/deployer/rehearsal';
import { createMemoryStore } from '@beamline/persistence';
import { OWNER, worldSchedule } from './world-schedule.ts';

const ARENA = fileURLToPath(new URL('../apps/arena', import.meta.url));

/** Takes a schedule of arena's world (a process of version 2, 40 players) through version 2 and version 3, as a plan's rehearsal does. */
export async function rehearseArena({ messages, chaos }: { messages: number; chaos?: number }): Promise<Rehearsed> {
  const entries = { v2: 'src/v2/world.ts', v3: 'src/v3/world.ts' };
  const roles = Object.fromEntries(Object.entries(entries).map(([role, entry]) => [role, { entry, targets: ['lua'] as const }]));
  const { release: { roles: built, files } } = await buildRelease({ game: 'arena', version: '1', root: ARENA, roles });
  const idOf = (version: string): string => createHash('sha256').update(version).digest('hex');
  const releaseOf = (version: keyof typeof entries): DeployableRelease => {
    const { bundles, layout, layoutHash } = built[version]!;
    return { id: idOf(version), game: 'arena', version, migrations: [], roles: { world: { bundles: { lua: bundles.lua }, layout, layoutHash, dependsOn: [], shards: 1 } } };
  };
  const { bundles: { lua }, layout, layoutHash } = releaseOf('v2').roles['world']!;
  const schedule = [...worldSchedule(messages + 1)].map((req, slot): Assignment => ({
    process: String(req['process']), slot, timestamp: Number(req['timestamp']), message: `m${slot}`, committer: slot === 0 ? OWNER : 'player',
    req: slot === 0 ? { ...req, body: { ...(req['body'] as AoMap), 'beamline-release': idOf('v2') } } : req,
  }));
  const state: EnvironmentState = {
    ...emptyState('bench', 'arena'), release: idOf('v2'),
    instances: { 'world-0': { role: 'world', shard: 0, process: schedule[0]!.process, alias: 'world', release: idOf('v2'), bundle: lua.sha256, layout, layoutHash, since: 0, forwarders: [] } },
  };
  const bundles: RehearseOptions['bundles'] = { lua: async (id) => files[built[id === idOf('v2') ? 'v2' : 'v3']!.bundles.lua.file]! };
  return rehearse({
    network: { async *schedule(_, { from = 0, to = messages + 1 } = {}) { yield* schedule.slice(from, to + 1); } },
    store: createMemoryStore(), clock, bundles, state, plan: planDeployment({ state, release: releaseOf('v3'), at: 1 }), messages, ...(chaos === undefined ? {} : { chaos }),
  });
}
