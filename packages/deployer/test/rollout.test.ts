import { describe, expect, it } from '@jest/globals';
import { createMemoryLock, createMemoryRequests } from '../src/index.ts';
import type { DeploymentReport, PlanOptions, RunnerOptions, TimelineEvent } from '../src/index.ts';
import { createFatalStep } from '../src/testing.ts';
import { createRunner, createSmallGame, v1Sharded, v2Sharded } from './small-game.ts';
import type { SmallGame } from './small-game.ts';

const roles = ['world', 'battle', 'battle-1', 'battle-2'] as const;

async function deployed(): Promise<SmallGame> {
  const game = createSmallGame();
  expect(await createRunner(game.options).run(await game.plan(v1Sharded))).toMatchObject({ outcome: 'complete' });
  for (const role of roles) await game.play('ann', role, 10);
  return game;
}

/** Two players write at every turn, one of them to the processes of before. */
async function playing(game: SmallGame): Promise<(event: TimelineEvent) => void> {
  const before = new Map(await Promise.all(roles.map(async (role) => [role, await game.serving(role.includes('-') ? role : `${role}-0`)] as const)));
  let n = 0;
  return () => {
    n += 1;
    const role = roles[n % roles.length]!;
    void game.play('ann', role, n);
    void game.play('bob', role, n, before.get(role));
  };
}

const releasesOf = async (game: SmallGame) => Object.fromEntries(Object.entries((await game.options.environments.read('local'))!.instances).map(([id, { release }]) => [id, release === v2Sharded.id ? 'v2' : 'v1']));

async function expectNothingLost(game: SmallGame): Promise<void> {
  for (const role of roles) expect(await game.play('ann', role, 1)).toBe('ok');
  expect(await game.points()).toEqual(game.owed);
}

const ways: [string, Partial<PlanOptions>][] = [
  ['rolling, one at a time', { strategy: 'rolling' }],
  ['rolling, two at a time', { strategy: 'rolling', rollout: { batch: 2 } }],
  ['a canary', { strategy: 'canary', rollout: { canary: ['battle-1'] } }],
];

describe.each(ways)('%s', (_, planned) => {
  it('moves batch after batch while players play', async () => {
    const game = await deployed();
    const plan = await game.plan(v2Sharded, planned);
    const seen: (number | undefined)[] = [];
    const play = await playing(game);
    const onEvent = (event: TimelineEvent) => {
      if (event.step === 'publishing' && event.state === 'started') seen.push(event.batch);
      play(event);
    };
    const report = await createRunner({ ...game.options, onEvent }).run(plan);
    expect([report.outcome, report.reason]).toEqual(['complete', undefined]);
    expect(seen).toEqual(plan.rollout!.batches.map((__, n) => n + 1));
    expect(Object.keys(report.instances).toSorted()).toEqual(['battle-0', 'battle-1', 'battle-2', 'world-0']);
    expect(await game.options.environments.read('local')).toMatchObject({ release: v2Sharded.id, previousRelease: v1Sharded.id });
    await expectNothingLost(game);
  });

  it('takes every batch back when the last one fails its tests, keeping what players did', async () => {
    const game = await deployed();
    const plan = await game.plan(v2Sharded, planned);
    const last = plan.rollout!.batches.at(-1)!.instances[0]!;
    const report = await createRunner({
      ...game.options, onEvent: await playing(game),
      smoke: [async ({ release, instances }) => (release === v2Sharded.id && instances.some(({ instance }) => instance === last) ? ['no good'] : [])],
    }).run(plan);
    expect(report).toMatchObject({ outcome: 'rolled-back', reason: expect.stringContaining('no good') });
    expect(await releasesOf(game)).toEqual({ 'world-0': 'v1', 'battle-0': 'v1', 'battle-1': 'v1', 'battle-2': 'v1' });
    expect(await game.options.environments.read('local')).toMatchObject({ release: v1Sharded.id });
    await expectNothingLost(game);
  });

  it('ends as it would have when its runner is killed at any point and another goes on', async () => {
    const smoke: RunnerOptions['smoke'] = [async ({ release, instances }) => (release === v2Sharded.id && instances.some(({ instance }) => instance === 'battle-2') ? ['no good'] : [])];
    for (const [fails, outcome] of [[false, 'complete'], [true, 'rolled-back']] as const) {
      const killed = async (point: number) => {
        const game = await deployed();
        const plan = await game.plan(v2Sharded, planned);
        const fatal = createFatalStep(point);
        const options: RunnerOptions = { ...game.options, onEvent: await playing(game), ...(fails ? { smoke } : {}) };
        const { network, journal, environments } = options;
        const first = await createRunner({ ...options, network: fatal.around(network), journal: fatal.around(journal), environments: fatal.around(environments) }).run(plan).catch(() => undefined);
        return { game, plan, fatal, options, first };
      };
      const { fatal: { passed } } = await killed(Infinity);
      // Every journal entry and every message is a point; a stride that shares no factor with them meets them all in turn.
      for (let point = 5; point <= passed; point += 61) {
        const { game, plan, options, first } = await killed(point);
        const begun = (await game.options.journal.list()).includes(plan.id);
        const report: DeploymentReport | undefined = first ?? (begun ? await createRunner({ ...options, lock: createMemoryLock() }).resume(plan.id) : undefined);
        expect([point, report?.outcome, report?.reason]).toEqual([point, begun ? outcome : undefined, outcome === 'complete' || !begun ? undefined : expect.stringContaining('no good')]);
        await expectNothingLost(game);
      }
    }
  }, 240_000);
});

describe('what people ask', () => {
  it('waits at the gate until it is promoted, as often as the plan says', async () => {
    const game = await deployed();
    const requests = createMemoryRequests();
    const plan = await game.plan(v2Sharded, { strategy: 'rolling', rollout: { approve: true } });
    let waits = 0;
    const report = await createRunner({
      ...game.options, requests, onEvent: ({ step, state }) => {
        if (step !== 'gating' || state !== 'progress') return;
        waits += 1;
        void requests.post(plan.id, { ask: 'promote', by: 'ann', at: 0 });
      },
    }).run(plan);
    expect([report.outcome, waits]).toEqual(['complete', 3]);
  });

  it.each([
    ['blue-green', {}, 'restoring', 'aborted'], ['blue-green', {}, 'fencing', 'aborted'], ['blue-green', {}, 'transferring', 'rolled-back'], ['blue-green', {}, 'linking', 'rolled-back'],
    ['rolling', { strategy: 'rolling' }, 'gating', 'rolled-back'], ['canary', { strategy: 'canary' }, 'gating', 'rolled-back'],
  ] as const)('%s %j aborted while it is %s ends %s', async (_, planned, during, outcome) => {
    const game = await deployed();
    const requests = createMemoryRequests();
    const plan = await game.plan(v2Sharded, planned);
    const play = await playing(game);
    const report = await createRunner({
      ...game.options, requests, onEvent: (event) => {
        play(event);
        if (event.step === during && event.state === 'started') void requests.post(plan.id, { ask: 'abort', by: 'ann', reason: 'lunch', at: 0 });
      },
    }).run(plan);
    expect([report.outcome, report.reason]).toEqual([outcome, expect.stringContaining('aborted by ann: lunch')]);
    expect(new Set(Object.values(await releasesOf(game)))).toEqual(new Set(['v1']));
    await expectNothingLost(game);
  });

  it.each([['resume', 'once its tests pass'], ['accept', 'whatever they say']])('a release that fails and cannot go back is frozen; %s keeps it, %s', async (ask) => {
    const game = await deployed();
    const requests = createMemoryRequests();
    const plan = { ...await game.plan(v2Sharded), reverse: { impossible: 'the values of Gold are gone' } };
    let tests = 0;
    const options: RunnerOptions = { ...game.options, requests, smoke: [async () => {
      tests += 1;
      return tests === 1 || ask === 'accept' ? ['no good'] : [];
    }] };
    const stuck = await createRunner(options).run(plan);
    expect(stuck).toMatchObject({ outcome: 'stuck', reason: "no good; it cannot be rolled back: the values of Gold are gone; players' messages are held until somebody decides" });
    expect(await game.options.environments.read('local')).toMatchObject({ running: plan.id, instances: { 'world-0': { release: v2Sharded.id } } });
    for (const role of roles) expect(await game.play('ann', role, 3)).toBe('held');

    if (ask === 'accept') await requests.post(plan.id, { ask, by: 'ann', at: 0 });
    expect(await createRunner(options).resume(plan.id)).toMatchObject({ outcome: 'complete' });
    expect(tests).toBe(ask === 'accept' ? 1 : 2);
    await expectNothingLost(game);
  });

  it('pauses before anything that can wait, never in the middle of a cut-over', async () => {
    const game = await deployed();
    const requests = createMemoryRequests();
    const plan = await game.plan(v2Sharded);
    const order: string[] = [];
    const report = await createRunner({
      ...game.options, requests, onEvent: ({ step, state, instance, detail }) => {
        if (instance !== undefined) return;
        order.push(detail === 'paused' ? `paused before ${step}` : `${step} ${state}`);
        if (step === 'fencing' && state === 'started') void requests.post(plan.id, { ask: 'pause', by: 'ann', at: 0 });
        if (detail === 'paused') void requests.post(plan.id, { ask: 'continue', by: 'ann', at: 0 });
      },
    }).run(plan);
    expect(report.outcome).toBe('complete');
    expect(order.filter((each) => each.startsWith('paused'))).toEqual(['paused before proving']);
  });
});
