import { setTimeout } from 'node:timers/promises';
import { createRunner, type DeploymentReport } from '@beamline/deployer';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { THINKS_MS } from './deployer-game/load.ts';
import { openStudio, play, players, score, type Player, type Studio } from './deployer-game/setup.ts';

let studio: Studio;
const crowd = players(5);
const outcomes: Record<string, number> = {};

beforeAll(async () => {
  studio = await openStudio();
}, 60_000);
afterAll(() => studio.close());

/** Everybody writes to the world and both battles, until `busy` is over. */
async function whilePlaying(busy: Promise<DeploymentReport>): Promise<DeploymentReport> {
  let over = false;
  const done = busy.finally(() => { over = true; });
  const loop = async (player: Player, n: number) => {
    for (let turn = n; !over; turn += 1) {
      const outcome = await play(studio, player, ['world-0', 'battle-0', 'battle-1'][turn % 3]!, 1 + (turn % 5));
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      await setTimeout(THINKS_MS);
    }
  };
  await Promise.all([...crowd.map(loop), done]);
  return done;
}

async function expectNothingLost(): Promise<void> {
  for (const player of crowd) expect([player.signer.address, await score(studio, player)]).toEqual([player.signer.address, player.owed]);
}

describe('on the local network, with the bundles compiled to Lua', () => {
  it('deploys, upgrades under load with a changed layout, and comes back when the new release fails, losing nothing', async () => {
    const { options, v1, v2 } = studio;
    const first = await createRunner(options).run(await studio.plan(v1));
    expect(first).toMatchObject({ outcome: 'complete' });
    for (const player of crowd) expect(await play(studio, player, 'world-0', 1)).toBe('ok');

    const failing = createRunner({
      ...options,
      smoke: [async ({ release }) => {
        for (const player of crowd) await play(studio, player, 'world-0', 7);
        return release === v2.id ? ['nobody likes it'] : [];
      }],
    });
    const back = await whilePlaying(failing.run(await studio.plan(v2)));
    expect(back).toMatchObject({ outcome: 'rolled-back', reason: 'nobody likes it' });
    await expectNothingLost();

    const report = await whilePlaying(createRunner(options).run(await studio.plan(v2)));
    expect(report).toMatchObject({ outcome: 'complete', to: v2.id });
    for (const { expectedRoot, greenRoot } of Object.values(report.instances)) expect(greenRoot).toBe(expectedRoot);
    await expectNothingLost();
    expect(Object.keys(outcomes).sort()).toEqual(expect.arrayContaining(['forwarded', 'ok']));
    expect(Object.keys(outcomes).filter((outcome) => !['ok', 'held', 'forwarded'].includes(outcome))).toEqual([]);
    if (process.env['DEPLOYER_SHOW'] !== undefined) console.log(JSON.stringify({ back, report, outcomes }, null, 1));
  }, 120_000);
});
