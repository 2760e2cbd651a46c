import { createHash } from 'node:crypto';
import type { Clock, ProcessId, Signer } from '@beamline/core';
import { add, addEntity, component, find, get, layoutHash, layoutOf, set, str, u32 } from '@beamline/ecs';
import type { Component, World } from '@beamline/ecs';
import { defineRole, intTag, refuse, send, textTag } from '@beamline/kernel';
import type { Message, Role } from '@beamline/kernel';
import { createOperator } from '@beamline/kernel/operator';
import { addComponent, migration, renameField, tableNamed } from '@beamline/persistence';
import {
  createMemoryEnvironmentStore, createMemoryJournal, createMemoryLock, createRunner, planDeployment, planRollback, emptyState,
} from '../src/index.ts';
import type { DeployableRelease, DeploymentPlan, PlanOptions, ReleasedRole, RunnerOptions } from '../src/index.ts';
import { readWorld } from '../src/perform/known-world.ts';
import { createFakeNetwork, createSteppingClock } from '../src/testing.ts';
import type { FakeNetwork } from '../src/testing.ts';

const scores = { name: str, score: u32 };
type Scores = Component<typeof scores>;

/** A world that counts each player's points, and arenas that report fights to it. */
function worldRole(Player: Scores, points: 'score', extra: readonly Component[] = []): Role {
  const award = (world: World, name: string, n: number) => {
    let player = find(world, Player, 'name', name);
    if (player === 0) {
      player = addEntity(world);
      add(world, player, Player, { name });
    }
    set(world, player, Player, points, get(world, player, Player, points) + n);
    return `${get(world, player, Player, points)}`;
  };
  return defineRole({
    name: 'world',
    components: [Player, ...extra],
    actions: {
      Add: (world: World, message: Message) => award(world, message.from, intTag(message, 'n', 0, 1000)),
      Award: (world: World, message: Message) => (message.link.startsWith('battle')
        ? award(world, textTag(message, 'player', 64), intTag(message, 'n', 0, 1000))
        : refuse('game/stranger', 'Only the battle may award')),
      Break: () => { throw 'game/broken: as asked'; },
    },
  });
}

const battleRole = (bonus: number): Role => defineRole({
  name: 'battle',
  components: [component('Fights', { count: u32 })],
  actions: {
    Fight: (_: World, message: Message) => {
      send({ to: 'world', action: 'Award', tags: { player: message.from, n: intTag(message, 'n', 0, 1000) + bonus } });
      return 'fought';
    },
  },
});

const Player = component('Player', scores);
const Ranked = component('Player', { name: str, points: u32 });
const Rank = component('Rank', { level: u32 });

const roles = {
  'world v1': worldRole(Player, 'score'),
  'world v2': worldRole(Ranked as unknown as Scores, 'points' as 'score', [Rank]),
  'battle v1': battleRole(0),
  'battle v2': battleRole(0),
};
export type Source = keyof typeof roles;

export const bundles = Object.fromEntries(Object.entries(roles).map(([source, role]) =>
  [source, { role, layout: layoutHash(layoutOf(role.components)) }]));

function released(source: Source, dependsOn: string[] = [], shards = 1): ReleasedRole {
  const layout = layoutOf(roles[source].components);
  const sha256 = createHash('sha256').update(source).digest('hex');
  return { bundles: { lua: { sha256, bytes: source.length } }, layout, layoutHash: layoutHash(layout), dependsOn, shards };
}

const ranks = migration({
  name: 'ranks', from: { role: 'world' },
  steps: [renameField('Player', 'score', 'points'), addComponent('Rank', { fields: { level: u32 }, on: 'Player', values: { level: 1 } })],
});

const make = (version: string, world: Source, battle: Source, shards = 1): DeployableRelease => ({
  id: createHash('sha256').update(version).digest('hex'), game: 'small', version,
  roles: { world: released(world), battle: released(battle, ['world'], shards) }, migrations: world === 'world v2' ? [ranks] : [],
});
export const v1 = make('v1', 'world v1', 'battle v1');
export const v2 = make('v2', 'world v2', 'battle v2');
/** Changes the world alone. */
export const v2World = make('v2w', 'world v2', 'battle v1');
/** Three battles each. */
export const v1Sharded = make('v1s', 'world v1', 'battle v1', 3);
export const v2Sharded = make('v2s', 'world v2', 'battle v2', 3);
const releases = [v1, v2, v2World, v1Sharded, v2Sharded];

export const owner: Signer = { address: 'owner', type: 1, publicKey: new Uint8Array(512), sign: async () => new Uint8Array(512) };

export interface SmallGame {
  clock: Clock;
  network: FakeNetwork;
  options: RunnerOptions;
  /** Points every player must have: what the processes took from them, by any way. */
  owed: Map<string, number>;
  /** Points of messages that are in the log of a process which did not compute them. */
  unanswered: Map<string, number>;
  /** The player signs for whatever the alias names at this moment, or for `process`. */
  play(player: string, role: 'world' | 'battle' | 'battle-1' | 'battle-2', n: number, process?: ProcessId): Promise<string>;
  plan(release: DeployableRelease, options?: Partial<PlanOptions>): Promise<DeploymentPlan>;
  rollbackPlan(current: DeployableRelease, previous: DeployableRelease): Promise<DeploymentPlan>;
  /** Points per player, read from the process the alias names. */
  points(): Promise<Map<string, number>>;
  serving(instance: string): Promise<ProcessId>;
}

export function createSmallGame(overrides: Partial<RunnerOptions> = {}): SmallGame {
  const clock = createSteppingClock();
  const network = createFakeNetwork({ clock, bundles, operator: owner });
  const environments = createMemoryEnvironmentStore();
  const options: RunnerOptions = {
    network, signer: owner, environments, journal: createMemoryJournal(), lock: createMemoryLock(), clock,
    bundles: {
      async lua(release, role) {
        const sha256 = releases.find(({ id }) => id === release)?.roles[role]?.bundles.lua.sha256;
        return Object.keys(roles).find((source) => createHash('sha256').update(source).digest('hex') === sha256) ?? 'lost';
      },
    },
    ...overrides,
  };
  const owed = new Map<string, number>();
  const unanswered = new Map<string, number>();
  const serving = async (instance: string) => (await network.resolve(`small-${instance}-local`)) ?? 'nobody';
  const state = async () => (await environments.read('local')) ?? emptyState('local', 'small');

  return {
    clock, network, options, owed, unanswered, serving,
    async play(player, role, n, process) {
      const target = process ?? await serving(role.includes('-') ? role : `${role}-0`);
      const delivery = network.say(player, target, role === 'world' ? 'Add' : 'Fight', { n: String(n) });
      const outcome = delivery.outcome === 'computed' ? String(delivery.output['outcome']) : 'lost';
      if (['ok', 'held', 'forwarded'].includes(outcome)) owed.set(player, (owed.get(player) ?? 0) + n);
      if (outcome === 'lost') unanswered.set(player, (unanswered.get(player) ?? 0) + n);
      return outcome;
    },
    plan: async (release, planned = {}) => planDeployment({ state: await state(), release, at: clock.now(), ...planned }),
    rollbackPlan: async (current, previous) => planRollback({ state: await state(), current, previous, at: clock.now() }),
    async points() {
      const operator = createOperator({ network, signer: owner, clock, environment: 'local' });
      const { image } = await readWorld(await operator.snapshot(await serving('world-0')), undefined);
      const table = tableNamed(image, 'Player')!;
      return new Map((table.data[1] as string[]).map((name, row) => [name, table.data[2]![row] as number]));
    },
  };
}

export { createRunner };
