import { createMemoryLock, createRunner, planDeployment, planRollback, type DeployableRelease, type DeploymentPlan } from '@beamline/deployer';
import { systemClock as clock } from '@beamline/core';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { killedAfter } from './deployer-game/killed-after.ts';
import { expectBooksToBalance, underLoad } from './deployer-game/load.ts';
import { rewritten } from './deployer-game/rewritten.ts';
import { openStudio, players, type Studio } from './deployer-game/setup.ts';

/** BEAMLINE_WHOLE_RANGE=1: after every entry of the journal, half an hour on an idle machine; =5: after every fifth. Else after one. */
const step = Number(process.env['BEAMLINE_WHOLE_RANGE'] ?? 0);
const ENTRIES = step === 0 ? [29] : Array.from({ length: 500 }, (_, n) => 1 + n * step);

let studio: Studio;
let next: DeployableRelease;
const crowd = players(3);

beforeAll(async () => {
  studio = await openStudio();
  // The world migrates, and every process changes.
  next = rewritten(studio, studio.v2, 'next', (source) => `${source}\n-- next\n`);
  await createRunner(studio.options).run(await studio.plan(studio.v1));
}, 120_000);
afterAll(() => studio.close());

/** Up to the next release, or back with what players did. */
async function planned(strategy: string): Promise<DeploymentPlan> {
  const state = (await studio.options.environments.read('local'))!;
  const how = { state, strategy, at: clock.now() };
  return state.release === studio.v1.id ? planDeployment({ ...how, release: next }) : planRollback({ ...how, current: next, previous: studio.v1 });
}

/** @returns how it ended, and whether the runner was killed on the way */
async function killedAndResumed(plan: DeploymentPlan, entries: number): Promise<[outcome: string, dead: boolean]> {
  const killed = killedAfter(entries, { ...studio.options, lock: createMemoryLock() });
  const first = await createRunner(killed.options).run(plan).catch(() => undefined);
  if (first !== undefined) return [first.outcome, false];
  expect(killed.dead()).toBe(true);
  return [(await createRunner(studio.options).resume(plan.id)).outcome, true];
}

it.each(['blue-green', 'in-place', 'rolling', 'canary'])('a %s deployment whose runner is killed after an entry of its journal is finished by another one', async (strategy) => {
  for (const entries of ENTRIES) {
    const plan = await planned(strategy);
    const [outcome, dead] = await underLoad(studio, crowd, killedAndResumed(plan, entries));
    expect([entries, outcome]).toEqual([entries, 'complete']);
    expect(await studio.options.environments.read('local')).toMatchObject({ release: plan.to });
    expect((await studio.options.environments.read('local'))!.running).toBeUndefined();
    await expectBooksToBalance(studio, crowd);
    if (!dead) break;
  }
}, 7_200_000);
