import { setTimeout } from 'node:timers/promises';
import { createRunner, type DeploymentReport } from '@beamline/deployer';
import { expect } from '@jest/globals';
import { aosIt, aosPath } from '../packages/ao/test/aos/open-aos.ts';
import { THINKS_MS } from './deployer-game/load.ts';
import { openStudio, play, players, score } from './deployer-game/setup.ts';

aosIt('deploys on legacynet under aos, and upgrades to another layout while players play, losing nothing', async () => {
  const studio = await openStudio({ aos: aosPath! });
  const crowd = players(3);
  const outcomes: Record<string, number> = {};
  const whilePlaying = async (busy: Promise<DeploymentReport>): Promise<DeploymentReport> => {
    let over = false;
    const done = busy.finally(() => { over = true; });
    const loop = async (n: number) => {
      for (let turn = n; !over; turn += 1) {
        const outcome = await play(studio, crowd[n]!, ['world-0', 'battle-0', 'battle-1'][turn % 3]!, 1 + (turn % 5));
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        await setTimeout(THINKS_MS);
      }
    };
    await Promise.all([...crowd.map((_, n) => loop(n)), done]);
    return done;
  };
  /** What battles send the world arrives behind their answers. */
  const settled = async () => {
    for (const player of crowd) {
      for (let i = 0; i < 400 && (await score(studio, player)) !== player.owed; i++) await setTimeout(10);
      expect([player.signer.address, await score(studio, player)]).toEqual([player.signer.address, player.owed]);
    }
  };
  try {
    const { options, v1, v2 } = studio;
    expect(await createRunner(options).run(await studio.plan(v1))).toMatchObject({ outcome: 'complete' });
    for (const player of crowd) expect(await play(studio, player, 'world-0', 1)).toBe('ok');
    const report = await whilePlaying(createRunner(options).run(await studio.plan(v2)));
    expect(report).toMatchObject({ outcome: 'complete', to: v2.id });
    for (const { expectedRoot, greenRoot } of Object.values(report.instances)) expect(greenRoot).toBe(expectedRoot);
    await settled();
    expect(Object.keys(outcomes).filter((outcome) => !['ok', 'held', 'forwarded'].includes(outcome))).toEqual([]);
  } finally {
    await studio.close();
  }
}, 240_000);
