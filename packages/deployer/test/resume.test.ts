import { describe, expect, it } from '@jest/globals';
import { createMemoryLock } from '../src/index.ts';
import type { DeployStrategy } from '../src/index.ts';
import { createFatalStep } from '../src/testing.ts';
import { createRunner, createSmallGame, v1, v2 } from './small-game.ts';
import type { SmallGame } from './small-game.ts';

async function killedIn(game: SmallGame, point: number): Promise<string> {
  const plan = await game.plan(v2);
  const { network, journal, environments } = game.options;
  const fatal = createFatalStep(point);
  const runner = createRunner({ ...game.options, network: fatal.around(network), journal: fatal.around(journal), environments: fatal.around(environments) });
  await expect(runner.run(plan)).rejects.toThrow();
  return plan.id;
}

async function deployed(): Promise<SmallGame> {
  const game = createSmallGame();
  await createRunner(game.options).run(await game.plan(v1));
  await game.play('ann', 'world', 10);
  return game;
}

describe('resuming', () => {
  it('refuses a new deployment until the unfinished one has ended', async () => {
    const game = await deployed();
    const plan = { ...await game.plan(v2), id: 'other' };
    const id = await killedIn(game, 60);
    await expect(createRunner({ ...game.options, lock: createMemoryLock() }).run(plan)).rejects.toMatchObject({
      code: 'deployer/unfinished', hint: expect.stringContaining(id),
    });
  });

  it('answers with the report when there is nothing left to do', async () => {
    const game = await deployed();
    const plan = await game.plan(v2);
    const report = await createRunner(game.options).run(plan);
    const before = game.network.processes().length;
    expect(await createRunner(game.options).resume(plan.id)).toEqual(report);
    expect(game.network.processes()).toHaveLength(before);
  });

  it('knows only deployments that have a journal', async () => {
    const game = await deployed();
    await expect(createRunner(game.options).resume('nobody')).rejects.toMatchObject({ code: 'deployer/unknown-deployment' });
  });

  it('refuses to go on with another strategy', async () => {
    const game = await deployed();
    const id = await killedIn(game, 60);
    const strategies = [{ name: 'rolling' } as unknown as DeployStrategy];
    await expect(createRunner({ ...game.options, lock: createMemoryLock(), strategies }).resume(id)).rejects.toMatchObject({
      code: 'deployer/other-strategy',
    });
  });

  it('sends the signed items again instead of signing them anew', async () => {
    const game = await deployed();
    const known = new Set(game.network.processes().map((process) => process.id));
    const id = await killedIn(game, 38);
    const signed: string[] = [];
    for await (const entry of game.options.journal.read(id)) if (entry.kind === 'signed' && entry.key.includes('/process/')) signed.push(entry.item.id);
    expect(signed.length).toBeGreaterThan(0);
    await createRunner({ ...game.options, lock: createMemoryLock() }).resume(id);
    const spawned = game.network.processes().map((process) => process.id).filter((process) => !known.has(process));
    expect(spawned).toEqual(expect.arrayContaining(signed));
    expect(spawned).toHaveLength(2);
  });
});

describe('a deployment that is stuck', () => {
  it('stops after the cut-over with a reason, keeps serving, and completes once the reason is gone', async () => {
    const game = await deployed();
    const plan = await game.plan(v2);
    const blue = await game.serving('world-0');
    // The node gets another operator while the deployment is on its way.
    const stranger = { ...game.options.signer, address: 'stranger' };
    const { setAlias } = game.network;
    const network = { ...game.network, setAlias: (alias: string, process: string, signer: typeof stranger) => setAlias(alias, process, process === blue ? signer : stranger) };
    const stuck = await createRunner({ ...game.options, network }).run(plan);
    expect(stuck).toMatchObject({ outcome: 'stuck', reason: expect.stringContaining('stranger') });
    expect(await game.play('ann', 'world', 5)).toBe('forwarded');
    expect(await game.options.environments.read('local')).toMatchObject({ running: plan.id });

    expect(await createRunner(game.options).resume(plan.id)).toMatchObject({ outcome: 'complete' });
    expect(await game.serving('world-0')).not.toBe(blue);
    expect(await game.points()).toEqual(game.owed);
  });

  it('does nothing to the old release when it cannot even begin', async () => {
    const game = await deployed();
    const network = { ...game.network, signModule: () => Promise.reject(new TypeError('no key')) };
    expect(await createRunner({ ...game.options, network }).run(await game.plan(v2))).toMatchObject({ outcome: 'aborted', reason: 'no key' });
    expect(await game.play('ann', 'world', 1)).toBe('ok');
  });
});
