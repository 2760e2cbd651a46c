import { setTimeout } from 'node:timers/promises';
import { createRunner, createMemoryLock, planDeployment, planRollback, type DeployableRelease, type DeploymentReport } from '@beamline/deployer';
import { createFatalStep } from '@beamline/deployer/testing';
import { systemClock as clock } from '@beamline/core';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { THINKS_MS } from './deployer-game/load.ts';
import { rewritten } from './deployer-game/rewritten.ts';
import { openStudio, play, players, score, type Player, type Studio } from './deployer-game/setup.ts';

let studio: Studio;
/** The second release in other words: another bundle of the same layout. */
let v3: DeployableRelease;
const crowd = players(4);

beforeAll(async () => {
  studio = await openStudio();
  v3 = rewritten(studio, studio.v2, 'v3', (source) => `${source}\n-- in other words\n`);
  expect(await createRunner(studio.options).run(await studio.plan(studio.v1, 'in-place'))).toMatchObject({ outcome: 'complete', strategy: 'in-place' });
}, 180_000);
afterAll(() => studio.close());

const processes = async () => Object.fromEntries(Object.entries((await studio.options.environments.read('local'))!.instances).map(([id, { process }]) => [id, process]));

async function whilePlaying(busy: Promise<DeploymentReport>): Promise<DeploymentReport> {
  let over = false;
  const done = busy.finally(() => { over = true; });
  const loop = async (player: Player, n: number) => {
    for (let turn = n; !over; turn += 1) {
      expect(await play(studio, player, ['world-0', 'battle-0', 'battle-1'][turn % 3]!, 1 + (turn % 5))).toMatch(/^(ok|held)$/);
      await setTimeout(THINKS_MS);
    }
  };
  await Promise.all([...crowd.map(loop), done]);
  return done;
}

async function expectNothingLost(): Promise<void> {
  for (const player of crowd) {
    expect(await play(studio, player, 'battle-1', 2)).toBe('ok');
    expect([player.signer.address, await score(studio, player)]).toEqual([player.signer.address, player.owed]);
  }
}

it('upgrades a changed layout under load, comes back when the release fails its tests, and keeps every process', async () => {
  const { options, v1, v2 } = studio;
  const before = await processes();
  const smoke = [async ({ release }: { release: string }) => (release === v2.id ? ['nobody likes it'] : [])];
  const back = await whilePlaying(createRunner({ ...options, smoke }).run(await studio.plan(v2, 'in-place')));
  expect(back).toMatchObject({ outcome: 'rolled-back', reason: 'nobody likes it', instances: { 'world-0': { green: before['world-0'] } } });
  expect(await options.environments.read('local')).toMatchObject({ release: v1.id, instances: { 'world-0': { release: v1.id, forwarders: [] } } });
  await expectNothingLost();

  const report = await whilePlaying(createRunner(options).run(await studio.plan(v2, 'in-place')));
  expect(report).toMatchObject({ outcome: 'complete', to: v2.id });
  expect(await processes()).toEqual(before);
  expect(report.instances['world-0']!.writePauseMs).toBeGreaterThan(0);
  await expectNothingLost();
}, 120_000);

it('completes upgrades and rollbacks whose runner was killed at any point, losing nothing', async () => {
  const { options, v1, v2 } = studio;
  const before = await processes();
  let killed = 0;
  for (let point = 4; ; point += 9) {
    const state = (await options.environments.read('local'))!;
    const plan = state.release === v1.id ? await studio.plan(v2, 'in-place')
      : planRollback({ state, current: v2, previous: v1, at: clock.now(), strategy: 'in-place' });
    const fatal = createFatalStep(point);
    const writing: Promise<unknown>[] = [];
    const onEvent = () => { for (const player of crowd.slice(0, 2)) writing.push(play(studio, player, 'world-0', 1)); };
    const first = await createRunner({
      ...options, network: fatal.around(options.network), journal: fatal.around(options.journal), environments: fatal.around(options.environments),
      lock: createMemoryLock(), onEvent,
    }).run(plan).catch(() => undefined);
    const begun = (await options.journal.list()).includes(plan.id);
    const { outcome } = first ?? (begun ? await createRunner(options).resume(plan.id) : { outcome: 'not begun' });
    await Promise.all(writing);
    expect([point, outcome]).toEqual([point, begun ? 'complete' : 'not begun']);
    expect(await processes()).toEqual(before);
    await expectNothingLost();
    if (!fatal.dead) break;
    killed += 1;
  }
  expect(killed).toBeGreaterThan(4);
  if ((await options.environments.read('local'))!.release === v1.id) await createRunner(options).run(await studio.plan(v2, 'in-place'));
}, 240_000);

it('goes shard by shard, and takes back those that went before when a later one fails', async () => {
  const { options } = studio;
  const before = (await options.environments.read('local'))!;
  const smoke = [async ({ release, instances }: { release: string; instances: readonly { instance: string }[] }) => (release === v3.id && instances.some(({ instance }) => instance === 'battle-1') ? ['nobody likes it'] : [])];
  const plan = planDeployment({ state: before, release: v3, at: clock.now(), strategy: 'rolling', rollout: { by: 'in-place' } });
  expect(plan.rollout?.batches.map(({ instances }) => instances)).toEqual([['world-0'], ['battle-0'], ['battle-1']]);
  const back = await whilePlaying(createRunner({ ...options, smoke }).run(plan));
  expect(back).toMatchObject({ outcome: 'rolled-back', reason: 'batch 3 of 3 (battle-1): nobody likes it' });
  const after = (await options.environments.read('local'))!;
  const what = ({ instances }: typeof before) => Object.values(instances).map(({ process, release, bundle }) => [process, release, bundle]);
  expect([after.release, what(after)]).toEqual([before.release, what(before)]);
  await expectNothingLost();
}, 120_000);

it('holds nobody up where the layout stays', async () => {
  const before = await processes();
  const report = await whilePlaying(createRunner(studio.options).run(await studio.plan(v3, 'in-place')));
  expect(report.outcome).toBe('complete');
  expect(Object.values(report.instances).map(({ writePauseMs, heldMessages }) => [writePauseMs, heldMessages])).toEqual([[0, 0], [0, 0], [0, 0]]);
  expect(await processes()).toEqual(before);
  await expectNothingLost();
});

it('leaves the old code where the new one is refused, and takes it back where it was not', async () => {
  const { options } = studio;
  for (const [broken, outcome] of [['world', 'aborted'], ['battle', 'rolled-back']] as const) {
    const release = rewritten(studio, studio.v2, `bad ${broken}`, (source, role) => (role === broken ? 'error("does not load")' : source));
    const report = await createRunner(options).run(await studio.plan(release, 'in-place'));
    expect(report).toMatchObject({ outcome, reason: expect.stringContaining('kernel/bad-code') });
    const state = (await options.environments.read('local'))!;
    expect([state.release, state.running, state.instances['world-0']!.bundle]).toEqual([v3.id, undefined, v3.roles['world']!.bundles.lua.sha256]);
    await expectNothingLost();
  }
}, 60_000);
