import { expect, it } from '@jest/globals';
import { createMemoryLock, createRunner, readJournal, standingOfJournal, type JournalStanding } from '../src/index.ts';
import { createFatalStep } from '../src/testing.ts';
import { createSmallGame, v1, v2 } from './small-game.ts';

/** A deployment of v2 whose runner died at a point, and how it says that it stands. */
async function killedAt(point: number, strategy: string) {
  const game = createSmallGame();
  await createRunner(game.options).run(await game.plan(v1));
  await game.play('ann', 'world', 1);
  const before = (await game.options.environments.read('local'))!;
  const plan = await game.plan(v2, { strategy });
  const { network, journal, environments } = game.options;
  const fatal = createFatalStep(point);
  const runner = createRunner({ ...game.options, network: fatal.around(network), journal: fatal.around(journal), environments: fatal.around(environments) });
  const alive = await runner.run(plan).then(() => true, () => false);
  const standing = await readJournal(journal, plan.id).then((found) => (found.closed ? undefined : standingOfJournal(found)), () => undefined);
  return { game, plan, alive, standing, before };
}

it.each(['blue-green', 'rolling'])('says truly, wherever a %s deployment died, who serves and whether players are held up', async (strategy) => {
  const situations = new Map<string, number>();
  for (let point = 20; ; point += 4) {
    const { game, plan, alive, standing, before } = await killedAt(point, strategy);
    if (alive) break;
    if (standing === undefined) continue;
    situations.set(standing.situation, (situations.get(standing.situation) ?? 0) + 1);
    const outcome = await game.play('bob', 'world', 1);
    if (standing.situation === 'untouched') expect([point, standing.phase, outcome]).toEqual([point, standing.phase, 'ok']);
    if (standing.situation === 'served') expect([point, standing.phase, outcome]).not.toEqual([point, standing.phase, 'held']);
    if (outcome === 'held') expect(standing.situation).toBe('held');
    expect(Object.keys(standing.serving).sort()).toEqual(plan.changes.map(({ instance }) => instance).sort());
    if (standing.situation === 'untouched') expect(new Set(Object.values(standing.serving))).toEqual(new Set(['old']));
    const now = (await game.options.environments.read('local'))!;
    for (const [instance, { process }] of Object.entries(before.instances)) {
      if (strategy === 'blue-green' && now.instances[instance]!.process !== process) expect(standing.serving[instance]).toBe('new');
    }
    expect(await createRunner({ ...game.options, lock: createMemoryLock() }).resume(plan.id)).toMatchObject({ outcome: 'complete' });
  }
  expect([...situations.keys()]).toEqual(expect.arrayContaining(['untouched', 'held', 'served']));
}, 60_000);

it('says why it is stuck, and where', async () => {
  const game = createSmallGame();
  await createRunner(game.options).run(await game.plan(v1));
  const plan = await game.plan(v2);
  // The node gets another operator while the deployment is on its way.
  const blue = await game.serving('world-0');
  const stranger = { ...game.options.signer, address: 'stranger' };
  const { setAlias } = game.network;
  const network = { ...game.network, setAlias: (alias: string, process: string, signer: typeof stranger) => setAlias(alias, process, process === blue ? signer : stranger) };
  await createRunner({ ...game.options, network }).run(plan);
  const standing = standingOfJournal(await readJournal(game.options.journal, plan.id)) as JournalStanding;
  expect(standing).toMatchObject({ phase: 'routing', direction: 'forward', stuck: expect.stringContaining('stranger'), situation: 'served' });
  expect(standingOfJournal({ ...await readJournal(game.options.journal, plan.id), strategy: 'mine' })).toBeUndefined();
});
