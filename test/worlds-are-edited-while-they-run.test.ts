import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { startLocalNetwork, type LocalNetwork } from '@beamline/ao/local';
import { systemClock as clock, type AoNetwork, type Assignment, type Signer } from '@beamline/core';
import { layoutOf } from '@beamline/ecs';
import { createOperator, type Operator } from '@beamline/kernel/operator';
import {
  createMemoryStore, createReplica, editProcess, exportEntities, imageRoot, importEntities, processImage, recover, restoreEntities, tableNamed, takeSnapshot, worldAt,
  type EntityFile, type ImportPlan, type WorldImage,
} from '@beamline/persistence';
import { openOfflineProcess } from '../packages/persistence/src/recovery/offline-process.ts';
import role from './surgical-game/guilds.ts';
import { builtRole } from './built.ts';

const owner = ethereumSigner('11'.repeat(32));
const players = ['22', '33', '44'].map((byte) => ethereumSigner(byte.repeat(32))) as [Signer, Signer, Signer];
const layout = layoutOf(role.components);
const about = { layout, game: 'guilds', role: 'world' };

let folder: string;
let local: LocalNetwork;
let network: AoNetwork;
let operator: Operator;
let code: string;
let module: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'surgical-'));
  local = await startLocalNetwork({ dir: folder, clock });
  network = createHyperbeam({ url: local.url, clock });
  operator = createOperator({ network, signer: owner, clock });
  ({ code } = await builtRole({ role: 'world', entry: 'test/surgical-game/guilds.ts', target: 'lua', root: '.' }));
  module = await network.spawn(await network.signModule(owner, code));
}, 180_000);
afterAll(async () => {
  await local.close();
  await rm(folder, { recursive: true });
});

let spawned = 0;
const spawn = async (phase = 'active'): Promise<string> =>
  network.spawn(await network.signProcess(owner, { module, tags: [{ name: 'Beamline-Phase', value: phase }], data: `${spawned += 1}` }));
async function say(process: string, who: Signer, action: string, by = 0): Promise<string> {
  const item = await network.signMessage(who, { target: process, tags: [{ name: 'Action', value: action }, { name: 'By', value: `${by}` }, { name: 'Nonce', value: `${spawned += 1}` }], data: '' });
  const delivery = await network.send(item);
  return delivery.outcome === 'computed' ? String(delivery.output['data'] ?? delivery.output['outcome']) : delivery.outcome;
}
const image = (process: string): Promise<WorldImage> => processImage({ operator, process });
const names = (world: WorldImage): unknown[] => [...tableNamed(world, 'Player')!.data[1]!];

/** One player with her sword, out of a world of her own. */
async function traveller(who: Signer): Promise<EntityFile> {
  const elsewhere = await spawn();
  await say(elsewhere, who, 'Join');
  await say(elsewhere, who, 'Earn', 90);
  return exportEntities({ ...about, image: await image(elsewhere), process: elsewhere, selection: { with: ['Player'] } }).file;
}

const importing = (file: EntityFile, told: (plan: ImportPlan) => void = () => undefined) => (world: WorldImage): WorldImage => {
  const { image: after, plan } = importEntities({ ...about, image: world }, file, { keys: ['Player.address'] });
  told(plan);
  return after;
};

describe('a running world', () => {
  it('takes in a player from another world, once, and keeps what others do meanwhile', async () => {
    const process = await spawn();
    await say(process, players[0], 'Join');
    const file = await traveller(players[1]);
    const edit = { operator, clock, process, code, name: `import/${file.id}` };

    // Somebody plays between the first look and the fence.
    const busy: Operator = { ...operator, freeze: async (...given) => {
      await say(process, players[0], 'Earn', 5);
      const reply = await operator.freeze(...given);
      expect(await say(process, players[0], 'Earn', 7)).toBe('held');
      return reply;
    } };
    let plan: ImportPlan | undefined;
    const edited = await editProcess({ ...edit, operator: busy, edit: importing(file, (made) => { plan = made; }) });
    expect(edited).toMatchObject({ changed: true, digest: expect.stringMatching(/^\d+-\d+$/) as unknown as string });
    expect(plan!.counts).toEqual({ added: 2, kept: 0, replaced: 0 });
    expect(edited.pagesInPause).toBeGreaterThan(0);
    expect(await say(process, players[1], 'Look')).toBe('100 5');
    expect(await say(process, players[0], 'Look')).toBe('22 5');
    expect((await operator.health(process))).toMatchObject({ phase: 'active' });

    const root = imageRoot(await image(process));
    expect(await editProcess({ ...edit, edit: importing(file) })).toMatchObject({ changed: false, pagesInPause: 0 });
    expect(imageRoot(await image(process))).toBe(root);
    expect(await say(process, players[1], 'Join')).toBe('refused');
  }, 120_000);

  it('is left alone, and goes on, when the edit cannot be made at the fence', async () => {
    const process = await spawn();
    await say(process, players[0], 'Join');
    const file = await traveller(players[1]);
    const racing: Operator = { ...operator, freeze: async (...given) => {
      await say(process, players[1], 'Join'); // her address is taken now
      return operator.freeze(...given);
    } };
    await expect(editProcess({ operator: racing, clock, process, code, name: 'import/late', edit: importing(file) })).rejects.toMatchObject({ code: 'persistence/import-conflict' });
    expect(await say(process, players[1], 'Look')).toBe('10 5');
    expect(names(await image(process))).toHaveLength(2);
  }, 120_000);

  it('gives a griefed player back what was lost, and is recovered and replayed with it', async () => {
    const store = createMemoryStore();
    const process = await spawn();
    for (const player of players) await say(process, player, 'Join');
    await say(process, players[0], 'Earn', 500);
    const { ref, slot } = await takeSnapshot({ operator, store, clock, process, game: 'guilds', role: 'world' });
    await say(process, players[1], 'Earn', 3);
    await say(process, players[0], 'Lose');
    expect(await say(process, players[0], 'Look')).toBe('0 unarmed');
    const grieved = await image(process);

    const then = (await worldAt({ network, store, clock, process, slot, bundle: { code } })).image;
    const restoring = (now: WorldImage): WorldImage =>
      restoreEntities({ now, then, selection: { where: [{ component: 'Player', field: 'address', is: players[0].address }] } }).image;
    await editProcess({ operator, clock, process, code, name: 'restore/one', edit: restoring });
    expect(await say(process, players[0], 'Look')).toBe('510 5');
    expect(await say(process, players[1], 'Look')).toBe('13 5');
    await say(process, players[0], 'Earn', 1);

    // The edit is part of the schedule: whoever computes it again has the same world.
    const replica = createReplica({ code });
    await replica.apply(network.schedule(process));
    const root = imageRoot(await image(process));
    await replica.apply(network.schedule(process));
    expect(imageRoot(await replica.image())).toBe(root);
    await replica.close();

    // Every slot can be gone back to, by way of the snapshot or without.
    const before = await worldAt({ network, store, clock, process, slot: grieved.slot - 1, bundle: { code } });
    expect(before).toMatchObject({ ref });
    expect(imageRoot(before.image)).toBe(imageRoot(grieved));
    const whole = await worldAt({ network, store: createMemoryStore(), clock, process, slot: grieved.slot - 1, bundle: { code } });
    expect(whole.ref).toBeUndefined();
    expect(imageRoot(whole.image)).toBe(imageRoot(grieved));
    const { scheduled } = await network.slots(process);
    await expect(worldAt({ network, store, clock, process, slot: scheduled + 50, bundle: { code } })).rejects.toMatchObject({ code: 'persistence/no-schedule' });

    await fetch(`${local.url}/~beamline@1.0/brick?process=${process}`, { method: 'POST' });
    const report = await recover({ network, operator, store, clock, process, spawn: () => spawn('standby'), bundle: { code } });
    expect(report.rootsMatch).toBe(true);
    expect(await say(report.process, players[0], 'Look')).toBe('511 5');
  }, 180_000);
});

describe('an edit that is interrupted', () => {
  /** A process in a VM, in the state of `world`, with messages to come. */
  async function offline(genesis: Assignment) {
    const copy = await openOfflineProcess({ genesis, clock, code });
    await copy.operator.activate(copy.process);
    return copy;
  }

  it.each(['before', 'after'] as const)('%s any message to the process is finished by repeating it, exactly once', async (edge) => {
    const source = await spawn();
    await say(source, players[0], 'Join');
    await say(source, players[0], 'Earn', 5);
    const schedule: Assignment[] = [];
    for await (const assignment of network.schedule(source)) schedule.push(assignment);
    const file = await traveller(players[1]);

    let outcomes = 0;
    for (let failAt = 1, finished = false; !finished; failAt += 1) {
      const copy = await offline(schedule[0]!);
      await copy.operator.replay(copy.process, schedule.slice(1, 2));
      let calls = 0;
      const fragile = <A extends unknown[], R>(run: (...given: A) => Promise<R>) => async (...given: A): Promise<R> => {
        calls += 1;
        if (calls >= failAt && edge === 'before') throw new Error('power cut');
        const result = await run(...given);
        if (calls >= failAt) throw new Error('power cut');
        return result;
      };
      const { snapshot, freeze, thaw, call } = copy.operator;
      const torn: Operator = { ...copy.operator, snapshot: fragile(snapshot), freeze: fragile(freeze), thaw: fragile(thaw), call: fragile(call) };
      const options = { clock, process: copy.process, code, name: `import/${file.id}`, edit: importing(file) };
      finished = await editProcess({ ...options, operator: torn }).then(() => true, (error: Error) => {
        expect(error.message).toBe('power cut');
        return false;
      });
      await copy.operator.replay(copy.process, schedule.slice(2)); // held where it is frozen
      await editProcess({ ...options, operator: copy.operator });
      const world = await copy.image();
      expect(new Set(names(world))).toEqual(new Set([players[0].address, players[1].address]));
      expect(names(world)).toHaveLength(2);
      expect([...tableNamed(world, 'Player')!.data[2]!].sort()).toEqual([100, 15]);
      expect(await copy.operator.health(copy.process)).toMatchObject({ phase: 'active' });
      await copy.close();
      outcomes += 1;
    }
    expect(outcomes).toBeGreaterThan(6);
  }, 180_000);
});
