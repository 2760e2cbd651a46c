import { createRunner, planRollback, type DeploymentReport, type RunnerOptions } from '@beamline/deployer';
import { createHyperbeam } from '@beamline/ao';
import { createFaultProxy, type FaultKind } from '@beamline/ao/testing';
import { systemClock as clock } from '@beamline/core';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { expectBooksToBalance, underLoad } from './deployer-game/load.ts';
import { openStudio, players, type Studio } from './deployer-game/setup.ts';

let studio: Studio;
const crowd = players(3);

beforeAll(async () => {
  studio = await openStudio({ apart: true });
  await createRunner(studio.options).run(await studio.plan(studio.v1));
}, 120_000);
afterAll(() => studio.close());

/** To the other release. */
async function planned(strategy: string) {
  const state = (await studio.options.environments.read('local'))!;
  return state.release === studio.v1.id ? studio.plan(studio.v2, strategy)
    : planRollback({ state, current: studio.v2, previous: studio.v1, at: clock.now(), strategy });
}

async function expectComplete(report: DeploymentReport): Promise<void> {
  expect(report).toMatchObject({ outcome: 'complete' });
  expect(await studio.options.environments.read('local')).toMatchObject({ release: report.to });
  await redeliver();
  await expectBooksToBalance(studio, crowd);
}

/** A network that dies between computing a slot and delivering what it sends forgets the second: everything battles sent is pushed again. */
async function redeliver(): Promise<void> {
  const { instances } = (await studio.options.environments.read('local'))!;
  for (const { process } of Object.values(instances).filter(({ role }) => role === 'battle')) {
    const { scheduled } = await studio.network.slots(process);
    for (let slot = 1; slot <= scheduled; slot += 1) await studio.network.redeliver(process, slot);
  }
}

/** Cuts the power once, when a step begins. */
function cutting(step: string, more: Partial<RunnerOptions>): { options: RunnerOptions; back(): Promise<void> } {
  let cut: Promise<void> | undefined;
  const onEvent: RunnerOptions['onEvent'] = (event) => {
    if (event.step === step && event.state === 'started') cut ??= studio.cutPower(1_000);
  };
  return { options: { ...studio.options, ...more, onEvent }, back: async () => { expect(cut).toBeDefined(); await cut; } };
}

it('waits for a network that dies at the fence and comes back', async () => {
  const { options, back } = cutting('fencing', {});
  const plan = await planned('blue-green');
  const report = await underLoad(studio, crowd, createRunner(options).run(plan));
  await back();
  await expectComplete(report);
}, 60_000);

it('stops when that takes longer than it has patience, and another runner goes on', async () => {
  const { options, back } = cutting('transferring', { patienceMs: 300 });
  const plan = await planned('blue-green');
  const working = (async () => {
    const network = createHyperbeam({ url: studio.url, clock, retries: 0 });
    await expect(createRunner({ ...options, network }).run(plan)).rejects.toMatchObject({ code: 'deployer/interrupted', retryable: true });
    await back();
    return createRunner(studio.options).resume(plan.id);
  })();
  await expectComplete(await underLoad(studio, crowd, working));
}, 60_000);

it('keeps a second operator out while the first is at work, and afterwards until it is done', async () => {
  const plan = await planned('blue-green');
  let second: Promise<unknown> | undefined;
  const aborter = new AbortController();
  const onEvent: RunnerOptions['onEvent'] = ({ step, state }) => {
    if (step === 'catching-up' && state === 'started') second ??= createRunner(studio.options).run(plan).catch((error: unknown) => error);
    if (step === 'handing-over' && state === 'done') aborter.abort();
  };
  await underLoad(studio, crowd, expect(createRunner({ ...studio.options, onEvent }).run(plan, aborter.signal)).rejects.toThrow());
  expect(await second).toMatchObject({ code: 'deployer/locked', retryable: true });
  await expect(createRunner(studio.options).run(await planned('in-place'))).rejects.toMatchObject({ code: 'deployer/unfinished', hint: expect.stringContaining(plan.id) });
  await expectComplete(await createRunner(studio.options).resume(plan.id));
}, 60_000);

const faults: FaultKind[] = [
  { kind: 'delay', ms: 20 }, { kind: 'drop' }, { kind: 'status', status: 503 }, { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  { kind: 'reset' }, { kind: 'lost-reply' }, { kind: 'lost-reply', silent: true }, { kind: 'truncate' }, { kind: 'wrong-body' },
  { kind: 'reorder', withinMs: 30 }, { kind: 'duplicate' }, { kind: 'drip', bytes: 100, everyMs: 1 },
];

/** BEAMLINE_WHOLE_RANGE=1: all of them. What moves a batch of the others is one of these. */
const strategies = ['blue-green', 'in-place', ...(process.env['BEAMLINE_WHOLE_RANGE'] === undefined ? [] : ['rolling', 'canary'])];

it.each(strategies)('a %s deployment through 5 % of each fault loses nothing', async (strategy) => {
  const proxy = await createFaultProxy({ target: studio.url, clock, seed: 6, rules: faults.map((fault) => ({ fault, probability: 0.05 })) });
  try {
    const network = createHyperbeam({ url: proxy.url, clock, timeoutMs: 400, retries: 8 });
    const report = await underLoad({ ...studio, network }, crowd, createRunner({ ...studio.options, network }).run(await planned(strategy)));
    expect(Object.values(proxy.counts()).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100);
    await expectComplete(report);
  } finally {
    await proxy.close();
  }
}, 120_000);
