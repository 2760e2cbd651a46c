import { describe, expect, it } from '@jest/globals';
import { u32 } from '@beamline/ecs';
import { calc, map, migration, type Migration } from '@beamline/persistence';
import type { TimelineEvent } from '../src/index.ts';
import { createRunner, createSmallGame, v1, v2, v2World } from './small-game.ts';
import type { SmallGame } from './small-game.ts';

async function deployed(overrides: Parameters<typeof createSmallGame>[0] = {}): Promise<SmallGame> {
  const game = createSmallGame(overrides);
  expect(await createRunner({ ...game.options, smoke: [], checks: [] }).run(await game.plan(v1))).toMatchObject({ outcome: 'complete' });
  for (const player of ['ann', 'bob']) {
    await game.play(player, 'world', 10);
    await game.play(player, 'battle', 1);
  }
  return game;
}

describe('a first deployment', () => {
  it('makes every instance, lets them know each other and names them', async () => {
    const game = await deployed();
    expect(await game.points()).toEqual(new Map([['ann', 11], ['bob', 11]]));
    const state = await game.options.environments.read('local');
    expect(state).toMatchObject({ release: v1.id, instances: { 'world-0': { role: 'world', forwarders: [] } } });
    expect(state?.running).toBeUndefined();
    expect(Object.keys(state!.modules)).toHaveLength(2);
  });

  it('publishes each bundle once, whatever is deployed over what, and a role that did not change not at all', async () => {
    const published: string[] = [];
    const game = createSmallGame();
    const { signModule } = game.network;
    const network = { ...game.network, signModule: (...given: Parameters<typeof signModule>) => {
      published.push(given[1]);
      return signModule(...given);
    } };
    const run = async (plan: ReturnType<SmallGame['plan']>) => expect(await createRunner({ ...game.options, network }).run(await plan)).toMatchObject({ outcome: 'complete' });
    await run(game.plan(v1));
    expect(published.toSorted()).toEqual(['battle v1', 'world v1']);
    await run(game.plan(v2World));
    expect(published.slice(2)).toEqual(['world v2']);
    await run(game.rollbackPlan(v2World, v1));
    await run(game.plan(v2));
    expect(published.slice(3)).toEqual(['battle v2']);
  });

  it('leaves nothing that serves when its smoke test fails', async () => {
    const game = createSmallGame({ smoke: [async () => ['nobody can join']] });
    const report = await createRunner(game.options).run(await game.plan(v1));
    expect(report).toMatchObject({ outcome: 'aborted', reason: 'nobody can join' });
    expect(game.network.processes().map(({ base }) => (base['health'] as { phase: string }).phase)).toEqual(['retired', 'retired']);
    expect((await game.options.environments.read('local'))!.instances).toEqual({});
  });
});

describe('data that does not fit', () => {
  // Whoever has more than 10 points would have less than none.
  const inverted = { ...v2World, migrations: [migration({ name: 'inverted', from: { role: 'world' }, steps: [
    map('Player', 'score', { from: u32, by: calc.sub(10, calc.value) }), ...(v2World.migrations[0] as Migration).steps,
  ] })] };

  it('stops a plan that says so before anything is sent', async () => {
    const game = await deployed();
    const plan = await game.plan(inverted);
    const data = { fits: false, slot: 3, rows: { before: 2, after: 2 }, samples: [], findings: [{ kind: 'misfit' as const, component: 'Player', field: 'score', why: 'u32 holds 0 to 4294967295', count: 2, first: [{ entity: 1, value: -1 }] }] };
    const before = game.network.processes().length;
    await expect(createRunner(game.options).run({ ...plan, instances: plan.instances.map((one) => ({ ...one, data })) })).rejects.toMatchObject({
      code: 'deployer/data-misfit', message: expect.stringContaining('world-0: 2 entities in Player.score: u32 holds 0 to 4294967295 (first: 1 = -1)') as unknown as string,
    });
    expect(game.network.processes()).toHaveLength(before);
  });

  it('aborts a deployment that nobody warned, with the old world untouched and serving', async () => {
    const game = await deployed();
    const report = await createRunner(game.options).run(await game.plan(inverted));
    expect(report).toMatchObject({ outcome: 'aborted', reason: expect.stringContaining('Player.score of entity') as unknown as string });
    expect(await game.play('ann', 'world', 5)).toBe('ok');
    expect(await game.points()).toEqual(game.owed);
  });
});

describe('an upgrade', () => {
  it('moves state through the migration, and players with it', async () => {
    const game = await deployed();
    const blue = await game.serving('world-0');
    const report = await createRunner(game.options).run(await game.plan(v2));
    expect(report).toMatchObject({ outcome: 'complete', from: v1.id, to: v2.id });
    const { expectedRoot, greenRoot, writePauseMs } = report.instances['world-0']!;
    expect(greenRoot).toBe(expectedRoot);
    expect(writePauseMs).toBeGreaterThan(0);
    expect(await game.serving('world-0')).not.toBe(blue);
    await game.play('ann', 'world', 5);
    await game.play('ann', 'battle', 3);
    expect(await game.points()).toEqual(game.owed);
    expect((await game.options.environments.read('local'))).toMatchObject({ release: v2.id, previousRelease: v1.id });
  });

  it('keeps serving whoever signed for the old processes', async () => {
    const game = await deployed();
    const [world, battle] = [await game.serving('world-0'), await game.serving('battle-0')];
    await createRunner(game.options).run(await game.plan(v2));
    expect(await game.play('ann', 'world', 7, world)).toBe('forwarded');
    expect(await game.play('bob', 'battle', 9, battle)).toBe('forwarded');
    expect(await game.points()).toEqual(game.owed);
  });

  it('holds what arrives between fence and hand-over, and counts it', async () => {
    const game = await deployed();
    const blue = await game.serving('world-0');
    const onEvent = ({ step, state, instance }: TimelineEvent) => {
      if (step === 'transferring' && state === 'started' && instance === undefined) void game.play('ann', 'world', 100, blue);
    };
    const report = await createRunner({ ...game.options, onEvent }).run(await game.plan(v2));
    expect(report.instances['world-0']).toMatchObject({ heldMessages: 1, redelivered: 0 });
    expect((await game.points()).get('ann')).toBe(111);
  });

  it('replaces one role and leaves the other alone, each knowing the other', async () => {
    const game = await deployed();
    const battle = await game.serving('battle-0');
    const report = await createRunner(game.options).run(await game.plan(v2World));
    expect(Object.keys(report.instances)).toEqual(['world-0']);
    expect(await game.serving('battle-0')).toBe(battle);
    await game.play('ann', 'battle', 2);
    expect(await game.points()).toEqual(game.owed);
  });

  it('delivers forwards that the network lost', async () => {
    const game = await deployed();
    const blue = await game.serving('world-0');
    const onEvent = ({ step, state, instance }: TimelineEvent) => {
      if (instance !== undefined) return;
      if (step === 'transferring' && state === 'started') void game.play('ann', 'world', 100, blue);
      if (step === 'handing-over') game.network.losePushes = state === 'started';
      if (step === 'routing' && state === 'started') {
        game.network.losePushes = true;
        void game.play('bob', 'world', 200, blue);
        game.network.losePushes = false;
      }
    };
    const report = await createRunner({ ...game.options, onEvent }).run(await game.plan(v2));
    expect(report.instances['world-0']).toMatchObject({ heldMessages: 1, redelivered: 2 });
    expect(await game.points()).toEqual(game.owed);
  });

  it('replays to green what the network will not push at all', async () => {
    const game = await deployed();
    const blue = await game.serving('world-0');
    const onEvent = ({ step, state, instance }: TimelineEvent) => {
      if (step !== 'transferring' || state !== 'started' || instance !== undefined) return;
      void game.play('ann', 'world', 100, blue);
      game.network.losePushes = true;
    };
    await createRunner({ ...game.options, onEvent }).run(await game.plan(v2));
    expect(await game.points()).toEqual(game.owed);
  });

  it('retires processes that nobody writes to, and says who succeeds them', async () => {
    const game = await deployed({ quietMs: 0 });
    const blue = await game.serving('world-0');
    await createRunner(game.options).run(await game.plan(v2));
    const said = game.network.say('ann', blue, 'Add', { n: '1' });
    expect(said).toMatchObject({ output: { code: 'kernel/retired', data: await game.serving('world-0') } });
  });

  it('re-points older forwarders when it replaces their successor', async () => {
    const game = await deployed();
    const first = await game.serving('world-0');
    await createRunner(game.options).run(await game.plan(v2));
    const second = await game.serving('world-0');
    await createRunner(game.options).run(await game.rollbackPlan(v2, v1));
    for (const stale of [first, second]) expect(await game.play('ann', 'world', 3, stale)).toBe('forwarded');
    expect(game.network.process(first).base['health']).toMatchObject({ successor: await game.serving('world-0') });
    expect(await game.points()).toEqual(game.owed);
    expect((await game.options.environments.read('local'))?.instances['world-0']?.forwarders).toEqual([first, second]);
  });
});

describe('turning back', () => {
  const failing = (game: SmallGame) => ({
    ...game.options,
    smoke: [async ({ release }: { release: string }) => {
      await game.play('ann', 'world', 40);
      return release === v2.id ? ['players fall through the floor'] : [];
    }],
  });

  it('returns to the old release with everything players did on the new one', async () => {
    const game = await deployed();
    const [blue] = [await game.serving('world-0')];
    const report = await createRunner(failing(game)).run(await game.plan(v2));
    expect(report).toMatchObject({ outcome: 'rolled-back', reason: 'players fall through the floor' });
    expect(report.reverse?.['world-0']?.greenRoot).toBe(report.reverse?.['world-0']?.expectedRoot);
    expect(await game.points()).toEqual(game.owed);
    expect((await game.points()).get('ann')).toBe(91);
    expect(await game.play('ann', 'world', 2, blue)).toBe('forwarded');
    expect(await game.points()).toEqual(game.owed);
    const state = await game.options.environments.read('local');
    expect(state).toMatchObject({ release: v1.id, instances: { 'world-0': { release: v1.id } } });
  });

  it('aborts before anything happened when a check in standby fails', async () => {
    const game = await deployed({ checks: [async ({ phase }) => [`no good in ${phase}`]] });
    const blue = await game.serving('world-0');
    const report = await createRunner(game.options).run(await game.plan(v2));
    expect(report).toMatchObject({ outcome: 'aborted', reason: 'no good in standby' });
    expect(await game.serving('world-0')).toBe(blue);
    expect(await game.play('ann', 'world', 1)).toBe('ok');
    expect(await game.points()).toEqual(game.owed);
  });

  it('does not move a world that is unwell already, where a condition asks for that', async () => {
    const game = await deployed();
    const blue = await game.serving('world-0');
    const onEvent = ({ step, state }: TimelineEvent) => {
      if (step === 'restoring' && state === 'done') for (let n = 0; n < 4; n += 1) game.network.say(`p${n}`, blue, 'Break');
    };
    const analysis = [{ metric: 'errors', max: 0.1, before: true }] as const;
    const report = await createRunner({ ...game.options, onEvent, analysis }).run(await game.plan(v2));
    expect(report).toMatchObject({ outcome: 'aborted', reason: expect.stringMatching(/world-0 is unwell before the change: (\d+) of \1 messages failed/) });
    expect(await game.serving('world-0')).toBe(blue);
  });

  it('notices in the bake that green fails where blue did not', async () => {
    const game = await deployed({ bakeMs: 5_000 });
    const onEvent = ({ step, state }: TimelineEvent) => {
      if (step === 'proving' && state === 'started') void game.serving('world-0').then((world) => game.network.say('ann', world, 'Break'));
    };
    const report = await createRunner({ ...game.options, onEvent }).run(await game.plan(v2));
    expect(report).toMatchObject({ outcome: 'rolled-back', reason: expect.stringContaining('game/broken') });
  });
});

describe('a green that computes nothing any more', () => {
  /** Players go on; what a bricked process has in its log is theirs, too. */
  const playOn = async (game: SmallGame, player: string, role: 'world' | 'battle', n: number, process?: string) => {
    if (await game.play(player, role, n, process) === 'lost') game.owed.set(player, (game.owed.get(player) ?? 0) + n);
  };

  it.each(['handing-over', 'routing', 'linking', 'reconciling', 'proving'])('while %s: the processes of before go on with what it had accepted', async (during) => {
    const game = await deployed();
    const [world, battle] = [await game.serving('world-0'), await game.serving('battle-0')];
    let green: string | undefined;
    let moved = false;
    let n = 0;
    const onEvent = ({ step, state, direction, instance }: TimelineEvent) => {
      n += 1;
      // Some still write to the process they knew, and battles go on reporting.
      void playOn(game, 'ann', 'world', n, world);
      void playOn(game, 'bob', 'battle', n, battle);
      // Until the alias has moved; whoever writes to a process that never answers asks again where to write.
      moved ||= step === 'collecting';
      if (green !== undefined && !moved) void playOn(game, 'cid', 'world', n, green);
      if (step !== during || state !== 'started' || direction !== 'forward' || instance !== undefined) return;
      green = game.network.processes().map(({ id }) => id).findLast((id) => game.network.process(id).base['health'] !== undefined && (game.network.process(id).base['health'] as { role: string }).role === 'world')!;
      game.network.process(green).brick();
    };
    const report = await createRunner({ ...game.options, onEvent, patienceMs: 5_000 }).run(await game.plan(v2));
    expect([report.outcome, report.reason]).toEqual(['rolled-back', expect.stringMatching(/silent|computes nothing/)]);
    expect([await game.serving('world-0'), await game.serving('battle-0')]).toEqual([world, battle]);
    expect(await game.options.environments.read('local')).toMatchObject({ release: v1.id, instances: { 'world-0': { process: world, release: v1.id } } });
    for (const player of ['ann', 'bob', 'cid']) {
      expect(await game.play(player, 'world', 1)).toBe('ok');
      expect(await game.play(player, 'battle', 1)).toBe('ok');
    }
    expect(await game.points()).toEqual(game.owed);
    expect(await createRunner(game.options).run(await game.plan(v2))).toMatchObject({ outcome: 'complete' });
    expect(await game.points()).toEqual(game.owed);
  });

  it('is found on the way back, too, when nobody had written to it', async () => {
    const game = await deployed();
    const world = await game.serving('world-0');
    const smoke = [async ({ release }: { release: string }) => {
      if (release !== v2.id) return [];
      game.network.process(await game.serving('world-0')).brick();
      return ['nobody answers'];
    }];
    const report = await createRunner({ ...game.options, smoke }).run(await game.plan(v2));
    expect(report).toMatchObject({ outcome: 'rolled-back', reason: 'nobody answers' });
    expect(await game.serving('world-0')).toBe(world);
    expect(await game.play('ann', 'world', 1)).toBe('ok');
    expect(await game.points()).toEqual(game.owed);
  });
});

describe('refusing', () => {
  it('a second runner while one is at work', async () => {
    const game = await deployed();
    const plan = await game.plan(v2);
    const first = createRunner(game.options).run(plan);
    await expect(createRunner(game.options).run({ ...plan, id: 'other' })).rejects.toMatchObject({ code: 'deployer/locked' });
    expect((await first).outcome).toBe('complete');
  });

  it('a plan of an environment that has changed since', async () => {
    const game = await deployed();
    const plan = await game.plan(v2);
    await createRunner(game.options).run(await game.plan(v2World));
    await expect(createRunner(game.options).run(plan)).rejects.toMatchObject({ code: 'deployer/drifted' });
  });

  it('a bundle that is not the planned one, before anything is sent', async () => {
    const game = await deployed();
    const count = game.network.processes().length;
    const bundles = { lua: async () => 'tampered' };
    await expect(createRunner({ ...game.options, bundles }).run(await game.plan(v2))).rejects.toMatchObject({ code: 'deployer/bundle-mismatch' });
    expect(game.network.processes()).toHaveLength(count);
  });

  it('processes that belong to somebody else', async () => {
    const game = await deployed();
    const signer = { ...game.options.signer, address: 'stranger' };
    await expect(createRunner({ ...game.options, signer }).run(await game.plan(v2))).rejects.toMatchObject({ code: 'deployer/not-ready' });
  });

  it('a key that cannot move the names, before players are at the door', async () => {
    const game = await deployed();
    const count = game.network.processes().length;
    const operator = { ...game.options.signer, address: 'stranger' };
    await expect(createRunner({ ...game.options, operator }).run(await game.plan(v2))).rejects.toMatchObject({
      code: 'deployer/not-ready', message: expect.stringContaining('stranger cannot move small-world-0-local: ao/not-operator') as unknown as string,
    });
    expect(game.network.processes()).toHaveLength(count);
  });

  it('a process that computes nothing any more', async () => {
    const game = await deployed();
    game.network.process(await game.serving('world-0')).brick();
    await game.play('ann', 'world', 1);
    await expect(createRunner(game.options).run(await game.plan(v2))).rejects.toMatchObject({ code: 'deployer/not-ready', hint: 'It is bricked: beamline restore local world-0' });
  });

  it('a plan file of another version', async () => {
    const game = await deployed();
    const plan = { ...await game.plan(v2), version: 2 as 1 };
    await expect(createRunner(game.options).run(plan)).rejects.toMatchObject({ code: 'deployer/bad-plan' });
  });
});
