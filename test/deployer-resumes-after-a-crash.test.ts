import { createRunner, createMemoryLock, planRollback, type DeploymentPlan } from '@beamline/deployer';
import { createFatalStep } from '@beamline/deployer/testing';
import { systemClock as clock } from '@beamline/core';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openStudio, play, players, score, type Studio } from './deployer-game/setup.ts';

let studio: Studio;
const crowd = players(2);

beforeAll(async () => {
  studio = await openStudio();
  await createRunner(studio.options).run(await studio.plan(studio.v1));
}, 60_000);
afterAll(() => studio.close());

/** Runs until the point where the power fails; then another runner goes on with what is on disk. */
async function killedAndResumed(plan: DeploymentPlan, point: number): Promise<string> {
  const fatal = createFatalStep(point);
  const { network, journal, environments } = studio.options;
  const writing: Promise<unknown>[] = [];
  const onEvent = () => {
    for (const player of crowd) writing.push(play(studio, player, 'world-0', 1));
  };
  const runner = createRunner({
    ...studio.options, network: fatal.around(network), journal: fatal.around(journal), environments: fatal.around(environments),
    lock: createMemoryLock(), onEvent,
  });
  const first = await runner.run(plan).catch(() => undefined);
  expect([point, fatal.dead]).toEqual([point, true]);
  expect(first).toBeUndefined();
  const { outcome } = await createRunner(studio.options).resume(plan.id);
  await Promise.all(writing);
  return outcome;
}

/** Up and down again, killed at another point each time: around spawn, restore, fence, hand-over, clean-up. */
it('completes upgrades and rollbacks whose runner was killed, on the local network, losing nothing', async () => {
  const { v1, v2, options } = studio;
  for (const point of [25, 105, 140, 170, 195, 230]) {
    const state = (await options.environments.read('local'))!;
    const plan = state.release === v1.id
      ? await studio.plan(v2)
      : planRollback({ state, current: v2, previous: v1, at: clock.now() });
    expect([point, await killedAndResumed(plan, point)]).toEqual([point, 'complete']);
    expect((await options.environments.read('local'))?.release).toBe(plan.to);
    for (const player of crowd) expect(await play(studio, player, 'battle-1', 2)).toMatch(/ok|forwarded/);
    for (const player of crowd) expect([point, await score(studio, player)]).toEqual([point, player.owed]);
  }
}, 180_000);
