import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Release } from '@beamline/bundler';
import { systemClock as clock } from '@beamline/core';
import { emptyState, planDeployment, type DeployableRelease, type DeploymentPlan, type EnvironmentState } from '@beamline/deployer';
import { judge, missingEntries, rehearse, type AllowedDifference, type RehearsalReport, type RehearseOptions } from '@beamline/deployer/rehearsal';
import { layoutHash, u16 } from '@beamline/ecs';
import { addField, calc, createMemoryStore, map, migration, worldAt, writeImage, type Migration } from '@beamline/persistence';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { builtRelease } from './built.ts';
import { PROCESS, readingNetwork, scheduleOf } from './rehearsal-game/schedule.ts';

const VARIANTS = ['base', 'strides', 'boasts', 'charges', 'breaks', 'dawdles', 'armours', 'forgets'] as const;
type Variant = (typeof VARIANTS)[number];

const MESSAGES = 600;
const idOf = (variant: Variant): string => createHash('sha256').update(variant).digest('hex');
const schedule = scheduleOf(MESSAGES, idOf('base'));
let built: Release;

beforeAll(async () => {
  const roles = Object.fromEntries(VARIANTS.map((variant) => [variant, { entry: `${variant}.ts`, targets: ['lua'] as const }]));
  ({ release: built } = await builtRelease({ game: 'small', version: '1', root: join(import.meta.dirname, 'rehearsal-game'), roles, lint: 'off' }));
}, 120_000);

function releaseOf(variant: Variant, migrations: readonly Migration[] = []): DeployableRelease {
  const { bundles, layout } = built.roles[variant]!;
  const { sha256, bytes } = bundles.lua;
  return {
    id: idOf(variant), game: 'small', version: variant, migrations,
    roles: { world: { bundles: { lua: { sha256, bytes } }, layout, layoutHash: layoutHash(layout), dependsOn: [], shards: 1 } },
  };
}

function running(variant: Variant): EnvironmentState {
  const { roles: { world } } = releaseOf(variant);
  return {
    ...emptyState('live', 'small'), release: idOf(variant),
    instances: {
      'world-0': {
        role: 'world', shard: 0, process: PROCESS, alias: 'small-world-0-live', release: idOf(variant), bundle: world!.bundles.lua.sha256,
        layout: world!.layout, layoutHash: world!.layoutHash, since: 0, forwarders: [],
      },
    },
  };
}

const bundles: RehearseOptions['bundles'] = {
  lua: async (id) => fileOf(id, 'file'),
  map: async (id) => fileOf(id, 'map'),
};
const fileOf = (id: string, which: 'file' | 'map'): string => built.files[built.roles[VARIANTS.find((variant) => idOf(variant) === id)!]!.bundles.lua[which]]!;

interface Rehearsing extends Partial<RehearseOptions> {
  from?: Variant;
  migrations?: readonly Migration[];
}

const known = new Map<Variant, Promise<RehearsalReport>>();

/** Against what runs, with nothing special. */
function plain(to: Variant): Promise<RehearsalReport> {
  const report = known.get(to) ?? rehearsed(to);
  known.set(to, report);
  return report;
}

async function rehearsed(to: Variant, { from = 'base', migrations = [], ...options }: Rehearsing = {}): Promise<RehearsalReport> {
  const state = running(from);
  const release = releaseOf(to, migrations);
  // Equal code would be left alone.
  const pretended = from === to ? { ...state, instances: { 'world-0': { ...state.instances['world-0']!, bundle: 'other' } } } : state;
  const plan: DeploymentPlan = planDeployment({ state: pretended, release, at: 1 });
  const assignments = from === 'base' ? schedule : scheduleOf(MESSAGES, idOf(from));
  const { report } = await rehearse({ network: readingNetwork(assignments), store: createMemoryStore(), clock, bundles, state, plan, messages: 500, ...options });
  return report;
}

const places = ({ instances }: RehearsalReport): string[] => instances[0]!.differences.map(({ kind, at }) => `${kind} ${at}`);

describe('a rehearsal of the real schedule through two compiled releases', () => {
  it('finds nothing where there is nothing, over the whole schedule', async () => {
    const report = await plain('base');
    expect(report).toMatchObject({ outcome: 'passed', instances: [{ from: 100, to: 600, messages: 500, differences: [], more: 0 }] });
    expect(report.instances[0]!.looks).toEqual([225, 350, 475, 600]);
    const { message, systems, actions, counted } = report.instances[0]!.cost;
    expect(counted).toBeGreaterThan(30);
    expect(message.new).toBe(message.old);
    expect(systems).toEqual([{ name: 'hunger', old: expect.any(Number), new: systems[0]!.old }]);
    expect(actions.map(({ name }) => name)).toEqual(['Dig', 'Give', 'Join', 'Look', 'Walk']);
    expect(await rehearsed('base')).toEqual(report);
  });

  it('names the field of a world that comes out otherwise, with entities, and everything that shows it', async () => {
    const report = await plain('strides');
    expect(places(report)).toEqual(['state Player.x', 'reply Look.data.x']);
    const [x] = report.instances[0]!.differences;
    expect(x!.examples[0]).toMatchObject({ slot: 225, entity: expect.any(Number) });
    expect(x!.count).toBe(8);
    expect(report.outcome).toBe('failed');
  });

  it('names the field of a reply', async () => {
    const report = await plain('boasts');
    expect(places(report)).toEqual(['reply Look.data.purse.gold']);
    const [gold] = report.instances[0]!.differences;
    const [{ old, new: now, slot }] = gold!.examples as [{ old: string; new: string; slot: number }];
    expect(Number(now)).toBe(Number(old) + 1);
    expect(schedule[slot]!.req['body']).toMatchObject({ action: 'Look' });
  });

  it('names messages that are sent otherwise, or only by one of the two', async () => {
    const report = await plain('charges');
    expect(places(report)).toEqual(['outbox Give.Fee', 'outbox Give.Gift.data.gold']);
    expect(report.instances[0]!.differences[0]!.examples[0]).toMatchObject({ new: expect.stringContaining('"action":"Fee"') });
    expect(report.instances[0]!.differences[0]!.examples[0]).not.toHaveProperty('old');
  });

  it('names the action that fails, the code, and the place in the sources', async () => {
    const report = await plain('breaks');
    expect(places(report)).toEqual(['error Dig.kernel/arithmetic', 'state Well.depth']);
    const [error] = report.instances[0]!.differences;
    expect(error).toMatchObject({ source: expect.stringMatching(/^game\.ts:\d+$/), allowed: false });
    expect(error!.examples[0]!.new).toContain('kernel/arithmetic');
  });

  it('names the system that takes too long, and its cost', async () => {
    const report = await plain('dawdles');
    expect(places(report)).toEqual(['cost hunger']);
    const [hunger] = report.instances[0]!.cost.systems;
    expect(hunger!.new! / hunger!.old!).toBeGreaterThan(2);
    expect(judge(report, { maxCostRatio: 10 }).outcome).toBe('passed');
  });

  it('names the field to which a migration gives another value than the game does', async () => {
    const armour = (value: number) => [migration({ name: 'armour', from: { role: 'world' }, steps: [addField('Player', 'armour', u16, value)] })];
    const report = await rehearsed('armours', { migrations: armour(0) });
    expect(places(report)).toEqual(['state Player.armour']);
    expect(report.instances[0]!.differences[0]).toMatchObject({ count: 1, examples: [{ old: '0', new: '10' }] });
    expect((await rehearsed('armours', { migrations: armour(10) })).outcome).toBe('passed');
  });

  it('says that a migration does not fit the world, as the difference that it is', async () => {
    const steps = [addField('Player', 'armour', u16, 0), map('Player', 'armour', { from: u16, by: calc.sub(calc.value, 1) })];
    const report = await rehearsed('armours', { migrations: [migration({ name: 'armour', from: { role: 'world' }, steps })] });
    expect(report).toMatchObject({ outcome: 'failed', instances: [{ messages: 0, differences: [{ kind: 'error', at: 'migration.persistence/misfit', examples: [{ slot: 100 }] }] }] });
  });

  it('ends where the new release would be bricked', async () => {
    const code = `${fileOf(idOf('base'), 'file')}\ndo local inner = compute function compute(base, req, opts) if req.slot == 300 then error("boom") end return inner(base, req, opts) end end\n`;
    const bricks = releaseOf('strides');
    const { world } = bricks.roles;
    const release = { ...bricks, roles: { world: { ...world!, bundles: { lua: { sha256: createHash('sha256').update(code).digest('hex'), bytes: code.length } } } } };
    const state = running('base');
    const { report } = await rehearse({
      network: readingNetwork(schedule), store: createMemoryStore(), clock, state, plan: planDeployment({ state, release, at: 1 }), messages: 500,
      bundles: { lua: async (id) => (id === release.id ? code : fileOf(id, 'file')) },
    });
    const action = String((schedule[300]!.req['body'] as { action: string }).action);
    expect(report).toMatchObject({ outcome: 'failed', instances: [{ from: 100, to: 299, messages: 199 }] });
    expect(report.instances[0]!.differences).toEqual([expect.objectContaining({ kind: 'error', at: `${action}.vm/error`, examples: [{ slot: 300, new: expect.stringContaining('boom') }] })]);
  });
});

describe('the allow-list', () => {
  it('lets through exactly what it names', async () => {
    const failed = await plain('strides');
    const entries = missingEntries(failed);
    expect(entries).toEqual([{ kind: 'state', role: 'world', at: 'Player.x' }, { kind: 'reply', role: 'world', at: 'Look.data.x' }]);
    const outcome = (allow: readonly AllowedDifference[]): string => judge(failed, { allow }).outcome;
    expect(outcome(entries)).toBe('passed');
    expect(outcome([{ kind: 'state', at: 'Player' }, { kind: 'reply' }])).toBe('passed');
    for (const allow of [entries.slice(1), [{ ...entries[0]!, role: 'battle' }, entries[1]!], [{ ...entries[0]!, at: 'Play' }, entries[1]!]]) expect(outcome(allow)).toBe('failed');
    expect(missingEntries(judge(failed, { allow: entries.slice(1) }))).toEqual(entries.slice(0, 1));
  });
});

describe('chaos', () => {
  it('gives the same report for the same seed', async () => {
    const one = await rehearsed('strides', { chaos: 7 });
    expect(await rehearsed('strides', { chaos: 7 })).toEqual(one);
    expect(one.instances[0]!.chaos).toEqual({ reordered: expect.any(Number), delayed: expect.any(Number), duplicated: expect.any(Number), killed: 2 });
    for (const count of Object.values(one.instances[0]!.chaos!)) expect(count).toBeGreaterThan(0);
    expect(one.instances[0]!.messages).toBe(500 + one.instances[0]!.chaos!.duplicated);
  });

  it('hurts no game that keeps everything in its world', async () => {
    expect(await rehearsed('base', { chaos: 7 })).toMatchObject({ outcome: 'passed', instances: [{ differences: [] }] });
  });

  it('finds what a game keeps outside of its world', async () => {
    expect(places(await rehearsed('forgets', { from: 'forgets', chaos: 7 }))).toEqual(['reply Walk.data']);
  });
});

describe('where it begins', () => {
  it('takes all there is when there is less than asked for, and says why', async () => {
    // Without chaos nothing is seen of what it forgets.
    expect(await rehearsed('forgets', { from: 'forgets', messages: 5_000 })).toMatchObject({
      outcome: 'passed', instances: [{ from: 0, messages: 600, short: 'it has received no more' }],
    });
  });

  it('begins at a stored snapshot when there is one, with the same result', async () => {
    const store = createMemoryStore();
    const whole = await plain('boasts');
    const code = await bundles.lua(idOf('base'), 'world');
    const { image } = await worldAt({ network: readingNetwork(schedule), store, clock, process: PROCESS, slot: 80, bundle: { code } });
    await writeImage({ store, image, game: 'small', role: 'world', process: PROCESS });
    expect(await rehearsed('boasts', { store, policy: { allow: [{ kind: 'reply' }] } })).toEqual(judge(whole, { allow: [{ kind: 'reply' }] }));
  });

  it('skips instances that nothing ran in before', async () => {
    const plan = planDeployment({ state: emptyState('live', 'small'), release: releaseOf('base'), at: 1 });
    const { report } = await rehearse({ network: readingNetwork([]), store: createMemoryStore(), clock, bundles, state: emptyState('live', 'small'), plan });
    expect(report).toMatchObject({ outcome: 'passed', instances: [], skipped: ['world-0'] });
  });

  it('refuses code that is not what the plan names', async () => {
    await expect(rehearsed('boasts', { bundles: { lua: async () => 'function compute() end' } })).rejects.toMatchObject({ code: 'deployer/bundle-mismatch' });
  });
});
