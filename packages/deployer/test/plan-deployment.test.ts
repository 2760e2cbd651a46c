import { describe, expect, it } from '@jest/globals';
import { migration, renameField, dropField } from '@beamline/persistence';
import { assertNoDrift, driftOf, emptyState, planDeployment, planRollback } from '../src/index.ts';
import { layout, release, role, running } from './release-builder.ts';

const health = layout('Health', 'hp', 'max');
const vitals = layout('Health', 'hp', 'most');
const rename = migration({ name: 'most', from: { role: 'world' }, steps: [renameField('Health', 'max', 'most')] });
const fields = { world: role('w1', health), battle: role('b1', health, { shards: 2, dependsOn: ['world'] }) };
const v1 = release('v1', fields);
const v2 = release('v2', { ...fields, world: role('w2', vitals) }, [rename]);
const at = 1_700_000_000_000;

describe('planning', () => {
  it('creates everything where nothing runs, dependencies first', () => {
    const plan = planDeployment({ state: emptyState('local', 'arena'), release: v1, at });
    expect(plan.instances.map(({ instance, action }) => [instance, action])).toEqual([
      ['world-0', 'create'], ['battle-0', 'create'], ['battle-1', 'create'],
    ]);
    expect(plan.changes.map(({ level }) => level)).toEqual([0, 1, 1]);
    expect(plan.changes[2]).toMatchObject({ alias: 'arena-battle-1-local', kind: 'create', bundle: 'b1' });
    expect(plan.reverse).toEqual({ impossible: 'nothing ran before' });
    expect(plan.expectedPauseMs).toBe(0);
  });

  it('leaves alone what keeps its bundle and layout', () => {
    const plan = planDeployment({ state: running(v1), release: v2, at });
    expect(plan.instances.map(({ instance, action }) => [instance, action])).toEqual([
      ['world-0', 'replace'], ['battle-0', 'unchanged'], ['battle-1', 'unchanged'],
    ]);
    expect(plan.changes).toHaveLength(1);
    expect(plan.changes[0]).toMatchObject({ blue: 'v1-world-0', migrations: [rename], layoutHash: JSON.stringify(vitals) });
    expect(plan.reverse).toMatchObject({ changes: [{ release: v1.id, bundle: 'w1', migrations: [{ name: 'undo-most' }] }] });
    expect(plan.instances[0]!.layout).toMatchObject({
      verdict: 'migrated', steps: ['most: renames Health.max to most'], reversible: true, needs: 'NEEDS-MIGRATION',
      changes: [{ path: 'Health.max', what: 'removed', do: expect.stringContaining('was it renamed to Health.most?') }, { path: 'Health.most', what: 'added' }],
    });
  });

  it('replaces a process whose bundle changed alone, without a migration', () => {
    const plan = planDeployment({ state: running(v1), release: release('v1b', { ...fields, world: role('w1b', health) }), at });
    expect(plan.changes[0]).toMatchObject({ instance: 'world-0', migrations: [], kind: 'replace' });
  });

  it('lets what is only added start empty, and takes it away again on the way back', () => {
    const more = release('v4', { ...fields, world: role('w4', layout('Health', 'hp', 'max', 'shield')) });
    const plan = planDeployment({ state: running(v1), release: more, at });
    expect(plan.instances[0]!.layout).toMatchObject({ steps: ['defaults: adds Health.shield'], needs: 'NEEDS-DEFAULT', reversible: true });
    expect(plan.changes[0]!.migrations).toMatchObject([{ name: 'defaults', from: { role: 'world' } }]);
    const back = planRollback({ state: running(more, v1.id), current: more, previous: v1, at });
    expect(back.changes[0]!.migrations).toMatchObject([{ steps: [{ do: 'drop-field', field: 'shield' }] }]);
  });

  it('says what clients of the running release would not understand', () => {
    const clients = { 'world-0': { actions: ['Move', 'Look'], reads: ['Health'] } };
    const of = (actions: string[]) => release('v5', { ...fields, world: role('w5', vitals, { clients: { actions, reads: [] } }) }, [rename]);
    const plan = planDeployment({ state: running(v1), release: of(['Move']), at, clients });
    expect(plan.instances[0]).toMatchObject({ action: 'replace', breaksClients: ['actions.Look removed: clients send it; they would be refused', 'Health.max removed: clients read it'] });
    expect(plan.changes[0]).toMatchObject({ migrations: [rename] });
    expect(planDeployment({ state: running(v1), release: of(['Move']), at }).instances[0]).not.toHaveProperty('breaksClients');
    const code = release('v6', { ...fields, world: role('w6', health, { clients: { actions: ['Look'], reads: [] } }) });
    expect(planDeployment({ state: running(v1), release: code, at, clients }).instances[0]).toMatchObject({ layout: { verdict: 'same' }, breaksClients: [expect.stringContaining('actions.Move')] });
  });

  it('plans nothing for the release that runs', () => {
    const plan = planDeployment({ state: running(v1), release: v1, at });
    expect([plan.changes, plan.steps]).toEqual([[], ['nothing changes: every bundle and layout is the same']]);
  });

  it('creates added shards beside those that run', () => {
    const more = release('v1c', { ...fields, battle: role('b1', health, { shards: 3, dependsOn: ['world'] }) });
    const plan = planDeployment({ state: running(v1), release: more, at });
    expect(plan.changes.map(({ instance, kind }) => [instance, kind])).toEqual([['battle-2', 'create']]);
  });

  it('names who knows whom: senders by role and shard, a lone receiver by its role', () => {
    const { links } = planDeployment({ state: emptyState('local', 'arena'), release: v1, at });
    expect(links).toEqual([
      { on: 'battle-0', name: 'world', to: 'world-0' }, { on: 'battle-1', name: 'world', to: 'world-0' },
      { on: 'world-0', name: 'battle-0', to: 'battle-0' }, { on: 'world-0', name: 'battle-1', to: 'battle-1' },
    ]);
  });

  it('is plain data', () => {
    const plan = planDeployment({ state: running(v1), release: v2, at });
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(plan.id).toBe(`${at}-v2000000`);
  });

  it('says in the plan that a dropped field cannot come back', () => {
    const less = layout('Health', 'hp');
    const drop = migration({ name: 'less', from: { role: 'world' }, steps: [dropField('Health', 'max')] });
    const plan = planDeployment({ state: running(v1), release: release('v3', { ...fields, world: role('w3', less) }, [drop]), at });
    expect(plan.reverse).toEqual({ impossible: expect.stringContaining('Health.max are gone') });
  });
});

describe('refusing', () => {
  const plan = (of: typeof v1, state = running(v1)) => () => planDeployment({ state, release: of, at });
  const refusal = (code: string, message: string) => expect.objectContaining({ code, message: expect.stringContaining(message) });

  it('a changed layout without a migration', () => {
    expect(plan({ ...v2, migrations: [] })).toThrow(refusal('deployer/layout-forbidden', 'Health.most would be missing'));
  });

  it('a migration that leads elsewhere', () => {
    const wrong = migration({ ...rename, steps: [renameField('Health', 'max', 'mots')] });
    expect(plan({ ...v2, migrations: [wrong] })).toThrow(refusal('deployer/layout-forbidden', 'world-0'));
  });

  it('a migration of another role', () => {
    expect(plan({ ...v2, migrations: [{ ...rename, from: { role: 'battle' } }] })).toThrow(refusal('deployer/layout-forbidden', 'world-0'));
  });

  it('a migration that is no migration', () => {
    expect(plan({ ...v2, migrations: [{ name: 'most', steps: [] }] })).toThrow(refusal('deployer/bad-migration', 'migration 1'));
  });

  it('a release that would lose a role or a shard', () => {
    expect(plan(release('v3', { world: fields.world }))).toThrow(refusal('deployer/role-removed', 'battle'));
    const fewer = release('v3', { ...fields, battle: role('b1', health, { dependsOn: ['world'] }) });
    expect(plan(fewer)).toThrow(refusal('deployer/shard-removed', 'shard 1'));
  });

  it('a release of another game', () => {
    expect(plan({ ...v1, game: 'chess' })).toThrow(refusal('deployer/other-game', 'chess'));
  });

  it('names that would not survive as aliases', () => {
    expect(plan(release('v3', { ...fields, 'World Map': role('x', health) }))).toThrow(refusal('deployer/bad-name', 'World Map'));
  });
});

describe('drift', () => {
  const plan = planDeployment({ state: running(v1), release: v2, at });

  it('is none in the environment the plan was made for', () => {
    expect(driftOf(plan, running(v1))).toEqual([]);
  });

  it.each([
    ['another process serves', { ...running(v1).instances, 'world-0': { ...running(v1).instances['world-0']!, process: 'NEW' } }, 'is NEW'],
    ['a shard appeared', { ...running(v1).instances, 'battle-2': running(v1).instances['battle-1']! }, 'battle-2 was not there'],
    ['an instance is gone', { 'world-0': running(v1).instances['world-0']! }, 'battle-0 is gone'],
  ])('is found when %s', (_, instances, words) => {
    expect(() => assertNoDrift(plan, { ...running(v1), instances })).toThrow(expect.objectContaining({
      code: 'deployer/drifted', message: expect.stringContaining(words),
    }));
  });

  it('is found when another release runs', () => {
    expect(driftOf(plan, { ...running(v1), release: 'other' })).toHaveLength(1);
  });
});

describe('in place', () => {
  const plan = planDeployment({ state: running(v1), release: v2, at, strategy: 'in-place' });

  it('plans new code for the processes that run, there and back, and says who is held up', () => {
    expect(plan).toMatchObject({
      strategy: 'in-place', changes: [{ kind: 'upgrade', blue: 'v1-world-0', bundle: 'w2' }], expectedPauseMs: 80,
      reverse: { changes: [{ kind: 'upgrade', blue: 'v1-world-0', bundle: 'w1', migrations: [{ name: 'undo-most' }] }] },
    });
    expect(plan.instances.find(({ instance }) => instance === 'world-0')).toMatchObject({ action: 'upgrade', process: 'v1-world-0' });
    expect(plan.steps).toEqual([
      'stage the new code in world-0 and swap it at a message boundary, receivers first',
      'hold messages in world-0 while the last pages of the migrated world arrive',
      'smoke tests, bake',
      'if the new release fails: the way back, with what players did since',
    ]);
  });

  it('expects no pause where the layout stays', () => {
    const same = release('v1b', { ...v1.roles, world: role('w1b', v1.roles['world']!.layout) });
    expect(planDeployment({ state: running(v1), release: same, at, strategy: 'in-place' })).toMatchObject({ expectedPauseMs: 0, changes: [{ kind: 'upgrade', migrations: [] }] });
  });
});

it('names the batches of a rollout, and expects the pause of one', () => {
  const every = release('v1b', { ...v1.roles, world: role('w1b', v1.roles['world']!.layout), battle: { ...v1.roles['battle']!, bundles: { lua: { sha256: 'b1b', bytes: 1 } } } });
  const of = (strategy: string) => planDeployment({ state: running(v1), release: every, at, strategy, rollout: { batch: 2, bakeMs: 2_000, approve: true } });
  expect(of('blue-green')).toMatchObject({ expectedPauseMs: 140 });
  expect(of('rolling')).toMatchObject({ expectedPauseMs: 100, steps: expect.arrayContaining(['batch 1 of 2: world-0, watched for 2 s, then a person promotes', 'batch 2 of 2: battle-0, battle-1, watched for 2 s', 'each batch by itself:']) });
});

describe('rolling back', () => {
  it('plans a deployment of the previous release with the migrations reversed', () => {
    const plan = planRollback({ state: running(v2, v1.id), current: v2, previous: v1, at });
    expect(plan).toMatchObject({ from: v2.id, to: v1.id, changes: [{ blue: 'v2-world-0', bundle: 'w1', migrations: [{ name: 'undo-most' }] }] });
  });

  it('refuses a release that did not run before', () => {
    expect(() => planRollback({ state: running(v2), current: v2, previous: v1, at })).toThrow(
      expect.objectContaining({ code: 'deployer/no-previous-release' }),
    );
  });

  it('goes back only as far as the previous release, however long the chain is', () => {
    const further = layout('Health', 'hp', 'peak');
    const peak = migration({ name: 'peak', from: { role: 'world' }, steps: [renameField('Health', 'most', 'peak')] });
    const v3 = release('v3', { ...fields, world: role('w3', further) }, [rename, peak]);
    const plan = planRollback({ state: running(v3, v2.id), current: v3, previous: v2, at });
    expect(plan.changes[0]!.migrations.map(({ name }) => name)).toEqual(['undo-peak']);
  });

  it('refuses when the migration has no way back', () => {
    const less = release('v3', { ...fields, world: role('w3', layout('Health', 'hp')) },
      [migration({ name: 'less', from: { role: 'world' }, steps: [dropField('Health', 'max')] })]);
    expect(() => planRollback({ state: running(less, v1.id), current: less, previous: v1, at })).toThrow(
      expect.objectContaining({ code: 'deployer/irreversible' }),
    );
  });
});
