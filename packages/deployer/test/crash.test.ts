import { describe, expect, it } from '@jest/globals';
import { createMemoryLock } from '../src/index.ts';
import type { DeploymentReport, RunnerOptions, TimelineEvent } from '../src/index.ts';
import { createFatalStep } from '../src/testing.ts';
import { createRunner, createSmallGame, v1, v2 } from './small-game.ts';
import type { SmallGame } from './small-game.ts';

/** Players write at every turn of the deployment: to whatever the alias names, and to the process they knew before. */
async function playing(game: SmallGame): Promise<(event: TimelineEvent) => void> {
  const [world, battle] = [await game.serving('world-0'), await game.serving('battle-0')];
  let n = 0;
  return () => {
    n += 1;
    void game.play('ann', 'world', n, world);
    void game.play('bob', 'battle', n, battle);
    void game.play('cid', n % 2 === 0 ? 'world' : 'battle', n);
  };
}

interface Crashed {
  game: SmallGame;
  plan: { id: string };
  killed: boolean;
  points: number;
  first: DeploymentReport | undefined;
}

async function killedAt(point: number, overrides: (game: SmallGame) => Partial<RunnerOptions> = () => ({})): Promise<Crashed> {
  const game = createSmallGame();
  await createRunner(game.options).run(await game.plan(v1));
  await game.play('ann', 'world', 10);
  const onEvent = await playing(game);
  const plan = await game.plan(v2);
  const fatal = createFatalStep(point);
  const options: RunnerOptions = { ...game.options, onEvent, ...overrides(game) };
  const { network, journal, environments, lock } = options;
  const runner = createRunner({
    ...options, network: fatal.around(network), journal: fatal.around(journal), environments: fatal.around(environments),
    lock: fatal.around(lock),
  });
  const first = await runner.run(plan).catch(() => undefined);
  return { game, plan, killed: fatal.dead, points: fatal.passed, first };
}

/** Another machine goes on: the same journal, environments and key, nothing else. */
async function resumed({ game, plan, first }: Crashed, overrides: Partial<RunnerOptions> = {}): Promise<DeploymentReport | undefined> {
  if (first !== undefined) return first;
  if (!(await game.options.journal.list()).includes(plan.id)) return undefined;
  return createRunner({ ...game.options, onEvent: await playing(game), ...overrides, lock: createMemoryLock() }).resume(plan.id);
}

async function expectNothingLost(game: SmallGame): Promise<void> {
  await game.play('ann', 'world', 1);
  await game.play('ann', 'battle', 1);
  expect(await game.points()).toEqual(game.owed);
}

const phaseOf = (game: SmallGame, process: string): unknown => (game.network.process(process).base['health'] as { phase: string }).phase;

describe('a runner killed at any point and resumed', () => {
  it('ends in the new release complete or the old one untouched, with every message applied once', async () => {
    const { points } = await killedAt(Infinity);
    let complete = 0;
    for (let point = 1; point <= points; point += 1) {
      const crashed = await killedAt(point);
      expect(crashed.killed).toBe(true);
      const report = await resumed(crashed);
      const state = await crashed.game.options.environments.read('local');
      expect([point, report?.outcome, state?.release, state?.running]).toEqual(
        report === undefined ? [point, undefined, v1.id, undefined] : [point, 'complete', v2.id, undefined],
      );
      await expectNothingLost(crashed.game);
      if (report !== undefined) complete += 1;
    }
    expect(complete).toBeGreaterThan(points * 0.8);
  }, 120_000);

  it('leaves the old release serving when the fence has to be undone', async () => {
    // What green answers once blue is frozen is not what it should hold.
    const tampering = (game: SmallGame): Partial<RunnerOptions> => ({
      network: {
        ...game.network,
        async send(item, signal) {
          const fenced = phaseOf(game, await game.serving('world-0')) === 'frozen';
          const commit = Buffer.from(item.raw).toString().includes('Beamline.Restore-Commit');
          if (!fenced || !commit) return game.network.send(item, signal);
          return { outcome: 'computed', slot: 0, output: { outcome: 'refused', code: 'kernel/digest-mismatch', hint: 'the pages give another digest' } };
        },
      },
    });
    const { points } = await killedAt(Infinity, tampering);
    for (let point = 1; point <= points; point += 1) {
      const crashed = await killedAt(point, tampering);
      const blue = await crashed.game.serving('world-0');
      const report = await resumed(crashed, tampering(crashed.game));
      expect([point, report?.outcome ?? 'aborted', phaseOf(crashed.game, blue)]).toEqual([point, 'aborted', 'active']);
      expect(await crashed.game.options.environments.read('local')).toMatchObject({ release: v1.id });
      await expectNothingLost(crashed.game);
    }
  }, 120_000);

  it('comes back to the old release with what players did on the new one when that fails its smoke test', async () => {
    const smoke = (): Partial<RunnerOptions> => ({ smoke: [async ({ release }) => (release === v2.id ? ['no good'] : [])] });
    const { points } = await killedAt(Infinity, smoke);
    // The way there is covered above; a third of the points is enough to meet every command of the way back.
    for (let point = 1; point <= points; point += 3) {
      const crashed = await killedAt(point, smoke);
      const report = await resumed(crashed, smoke());
      expect([point, report?.outcome ?? 'rolled-back']).toEqual([point, 'rolled-back']);
      expect(await crashed.game.options.environments.read('local')).toMatchObject({ release: v1.id });
      await expectNothingLost(crashed.game);
    }
  }, 240_000);

  it('gives everything back to the processes of before when a green computes nothing any more', async () => {
    const smoke = (game: SmallGame): Partial<RunnerOptions> => ({ smoke: [async ({ release, instances }) => {
      if (release !== v2.id) return [];
      game.network.process(instances.find(({ role }) => role === 'world')!.process).brick();
      return ['nobody answers'];
    }] });
    const { points } = await killedAt(Infinity, smoke);
    // The way there is covered above, and so is what leads to it.
    for (let point = Math.floor(points / 2); point <= points; point += 9) {
      const crashed = await killedAt(point, smoke);
      const report = await resumed(crashed, smoke(crashed.game));
      expect([point, report?.outcome]).toEqual([point, 'rolled-back']);
      expect(await crashed.game.options.environments.read('local')).toMatchObject({ release: v1.id });
      expect(await crashed.game.play('ann', 'world', 1)).toBe('ok');
      expect(await crashed.game.play('ann', 'battle', 1)).toBe('ok');
      // Of what the dead one never answered, all that it had before the names moved is there, and nothing twice.
      const { owed, unanswered } = crashed.game;
      for (const [player, points] of await crashed.game.points()) {
        expect([player, points]).toEqual([player, Math.min(Math.max(points, owed.get(player)!), owed.get(player)! + (unanswered.get(player) ?? 0))]);
      }
    }
  }, 120_000);

  it('survives being killed again and again, one step further each time', async () => {
    const crashed = await killedAt(20);
    let report: DeploymentReport | undefined;
    for (let kills = 0; report === undefined; kills += 1) {
      expect(kills).toBeLessThan(200);
      const fatal = createFatalStep(12 + kills);
      const { network, journal, environments } = crashed.game.options;
      report = await createRunner({
        ...crashed.game.options, onEvent: await playing(crashed.game), lock: createMemoryLock(),
        network: fatal.around(network), journal: fatal.around(journal), environments: fatal.around(environments),
      }).resume(crashed.plan.id).catch(() => undefined);
    }
    expect(report.outcome).toBe('complete');
    await expectNothingLost(crashed.game);
  }, 60_000);
});
