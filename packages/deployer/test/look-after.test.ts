import { expect, it } from '@jest/globals';
import { lookAfter } from '../src/index.ts';
import { createRunner, createSmallGame, v1Sharded, v2Sharded } from './small-game.ts';

it('judges a release by what was before, long after its deployment, and only what still serves', async () => {
  const game = createSmallGame();
  await createRunner(game.options).run(await game.plan(v1Sharded));
  for (let n = 0; n < 10; n += 1) await game.play('ann', 'world', 1);
  const plan = await game.plan(v2Sharded, { strategy: 'rolling' });
  expect(await createRunner(game.options).run(plan)).toMatchObject({ outcome: 'complete' });
  await game.play('ann', 'world', 1);
  expect(await lookAfter(game.options, plan.id)).toEqual([]);

  const world = await game.serving('world-0');
  for (let n = 0; n < 3; n += 1) game.network.say('ann', world, 'Break');
  expect(await lookAfter(game.options, plan.id)).toEqual([expect.stringMatching(/^world-0: 3 of \d+ messages failed; before the change it was 0/), 'world-0: its last error is Break: game/broken: as asked']);
  const before = game.network.processes().map(({ log }) => log.length);
  await lookAfter(game.options, plan.id);
  expect(game.network.processes().map(({ log }) => log.length)).toEqual(before);

  game.network.process(await game.serving('battle-1')).brick();
  await game.play('ann', 'battle-1', 1);
  expect(await lookAfter(game.options, plan.id)).toContain(`${await game.serving('battle-1')} computes nothing any more`);

  const back = await game.rollbackPlan(v2Sharded, v1Sharded);
  expect(await lookAfter({ ...game.options, environments: { ...game.options.environments, read: async (name) => ({ ...(await game.options.environments.read(name))!, instances: {} }) } }, plan.id)).toEqual([]);
  await expect(lookAfter(game.options, back.id)).rejects.toMatchObject({ code: 'deployer/unknown-deployment' });
});
