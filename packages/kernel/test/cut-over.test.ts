import { expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';
import type { Signer } from '@beamline/core';
import { createProcess } from '../src/index.ts';
import { createOperator } from '../src/operator/index.ts';
import { createMemoryNetwork, testId } from '../src/testing/index.ts';
import { arena } from './arena.ts';

const signer = (name: string) => ({ address: testId(name), type: 1, publicKey: new Uint8Array(), sign: async () => new Uint8Array() }) as Signer;
const owner = signer('owner');

async function setup() {
  const clock = createManualClock(1_000_000);
  const lost = { pushes: false };
  const network = createMemoryNetwork({
    clock,
    bundles: {
      world: () => createProcess(arena(), { layout: 'layout-1' }),
      market: () => createProcess(market(), { layout: 'layout-m' }),
    },
    losesPush: () => lost.pushes,
  });
  const operator = createOperator({ network, signer: owner, clock });
  const spawn = async (source: string, phase?: string) => {
    const module = await network.signModule(owner, source);
    const tags = phase === undefined ? [] : [{ name: 'Beamline-Phase', value: phase }];
    return network.spawn(await network.signProcess(owner, { module: module.id, tags, data: '' }));
  };
  const say = (process: string, name: string, action: string, tags: Record<string, string> = {}) =>
    network.signMessage(signer(name), {
      target: process, data: '', tags: [{ name: 'Action', value: action }, ...Object.entries(tags).map(([tag, value]) => ({ name: tag, value }))],
    });
  return { clock, network, operator, spawn, say, lost };
}

function market() {
  return arena({ name: 'market', actions: { Reported: (_world, { link }) => link, Move: () => 'moved' } });
}

async function copy({ operator }: Awaited<ReturnType<typeof setup>>, from: string, to: string, frozen = false) {
  const snapshot = frozen ? await operator.freeze(from) : await operator.snapshot(from);
  await operator.restore(to, { layout: 'layout-1', digest: snapshot.index.digest, tables: snapshot.index.tables, pages: snapshot.pages() });
  return snapshot;
}

it('cuts over with nothing lost or applied twice, whoever repeats what', async () => {
  const env = await setup();
  const { network, operator, spawn, say } = env;
  const blue = await spawn('world');
  for (const name of ['ann', 'bob']) await network.send(await say(blue, name, 'Join', { Seq: '1' }));
  const early = await say(blue, 'ann', 'Move', { Seq: '2', Steps: '3' });
  await network.send(early);

  const green = await spawn('world', 'standby');
  const first = await copy(env, blue, green);
  const between = await say(blue, 'bob', 'Move', { Seq: '2', Steps: '1' });
  await network.send(between);

  const fence = await operator.freeze(blue, { since: first.slot });
  await operator.restore(green, {
    layout: 'layout-1', digest: fence.index.digest, tables: fence.index.tables, pages: fence.pages(), base: 'current',
  });
  expect((await operator.snapshot(green)).index.digest).toBe(fence.index.digest);

  const held = await say(blue, 'ann', 'Move', { Seq: '3', Steps: '5' });
  expect(await network.send(held)).toMatchObject({ output: { outcome: 'held' } });
  expect(network.post(held)).toMatchObject({ outcome: 'duplicate' });
  expect(network.post(early)).toMatchObject({ outcome: 'duplicate' });

  await operator.activate(green, { acceptFrom: [blue] });
  const { forwarded } = await operator.handOver(blue, { successor: green });
  expect(forwarded).toBe(1);
  const late = await say(blue, 'bob', 'Move', { Seq: '3', Steps: '7' });
  expect(await network.send(late)).toMatchObject({ output: { outcome: 'forwarded' } });

  for (const item of [early, between, held, late]) network.post(item);
  for (let slot = 0; slot < network.process(blue).assignments.length; slot++) await network.redeliver(blue, slot);
  expect(await moved(env, green)).toEqual({ ann: '8', bob: '8' });
  expect(await operator.health(green)).toMatchObject({ applied: 2 });
  expect(await operator.health(blue)).toMatchObject({ phase: 'handed-over', held: 0 });
});

it('finds a lost forward again however many newer messages came in between', async () => {
  const env = await setup();
  const { network, operator, spawn, say, lost } = env;
  const blue = await spawn('world');
  await network.send(await say(blue, 'ann', 'Join', { Seq: '1' }));
  const green = await spawn('world', 'standby');
  await copy(env, blue, green, true);
  await operator.activate(green, { acceptFrom: [blue] });
  await operator.handOver(blue, { successor: green });
  lost.pushes = true;
  const { slot } = await network.send(await say(blue, 'ann', 'Move', { Seq: '2', Steps: '10' }));
  lost.pushes = false;
  for (let seq = 3; seq < 203; seq++) await network.send(await say(green, 'ann', 'Move', { Seq: `${seq}`, Steps: '1' }));
  await network.redeliver(blue, slot);
  await network.redeliver(blue, slot);
  expect(await moved(env, green)).toEqual({ ann: '210' });
});

it('keeps original senders and ids through a chain of successors, and refuses a forwarder nobody named', async () => {
  const env = await setup();
  const { network, operator, spawn, say } = env;
  const [a, b, c] = [await spawn('world'), await spawn('world', 'standby'), await spawn('world', 'standby')];
  await copy(env, a, b, true);
  await operator.activate(b, { acceptFrom: [a] });
  await operator.handOver(a, { successor: b });
  await copy(env, b, c, true);
  await network.send(await say(a, 'ann', 'Join', { Seq: '1' }));
  expect(await operator.health(b)).toMatchObject({ held: 1 });
  await operator.activate(c);
  await operator.handOver(b, { successor: c });
  expect(await operator.health(c)).toMatchObject({ applied: 0, refused: 1, entities: 1 });
  await operator.activate(c, { acceptFrom: [b] });
  for (let slot = 0; slot < network.process(b).assignments.length; slot++) await network.redeliver(b, slot);
  expect(await operator.health(c)).toMatchObject({ applied: 1, entities: 2 });
  await operator.handOver(a, { successor: c });
  await network.send(await say(a, 'bob', 'Join', { Seq: '1' }));
  expect(await operator.health(c)).toMatchObject({ applied: 1 });
  await operator.activate(c, { acceptFrom: [a] });
  const when = await say(a, 'eve', 'When', { Seq: '1' });
  await network.send(when);
  const process = network.process(c);
  expect(process.result(process.slots().computed)['data']).toContain(`${testId('eve')} client  ${when.id}`);
});

it('takes a hand-over back: the old process applies what the dead successor had accepted, then what it held', async () => {
  const env = await setup();
  const { network, operator, spawn, say } = env;
  const blue = await spawn('world');
  await network.send(await say(blue, 'ann', 'Join', { Seq: '1' }));
  const green = await spawn('world', 'standby');
  await copy(env, blue, green, true);
  await operator.activate(green, { acceptFrom: [blue] });
  await operator.handOver(blue, { successor: green });
  await network.send(await say(blue, 'ann', 'Move', { Seq: '2', Steps: '1' }));
  await network.send(await say(green, 'ann', 'Move', { Seq: '3', Steps: '2' }));
  network.process(green).bricked = true;
  await network.send(await say(blue, 'ann', 'Move', { Seq: '4', Steps: '4' }));

  await operator.freeze(blue);
  await network.send(await say(blue, 'ann', 'Move', { Seq: '5', Steps: '8' }));
  expect(await operator.replay(blue, network.schedule(green), { acceptFrom: [blue] })).toMatchObject({ ok: 3, held: 1 });
  expect(await operator.thaw(blue)).toMatchObject({ ok: 1, held: 0, phase: 'active' });
  expect(await moved(env, blue)).toEqual({ ann: '15' });
});

it('recovers a dead process from a snapshot and its schedule, and what it sends again is dropped where it had arrived', async () => {
  const env = await setup();
  const { network, operator, spawn, say, lost } = env;
  const [world, shop] = [await spawn('world'), await spawn('market')];
  await operator.link(world, { name: 'market', process: shop });
  await operator.link(shop, { name: 'world', process: world });
  const spare = await spawn('world', 'standby');
  await operator.link(shop, { name: 'world', process: spare, mode: 'accept' });
  await network.send(await say(world, 'ann', 'Report', { Seq: '1' }));
  await copy(env, world, spare);
  await network.send(await say(world, 'ann', 'Report', { Seq: '2' }));
  lost.pushes = true;
  await network.send(await say(world, 'ann', 'Report', { Seq: '3' }));
  lost.pushes = false;
  const { index } = await operator.snapshot(world);
  network.process(world).bricked = true;

  expect(await operator.replay(spare, network.schedule(world))).toMatchObject({ ok: 2, duplicates: 1 });
  expect((await operator.snapshot(spare)).index.digest).toBe(index.digest);
  expect(await operator.health(shop)).toMatchObject({ applied: 3, duplicates: 1 });
  await operator.activate(spare);
  await network.send(await say(spare, 'ann', 'Report', { Seq: '4' }));
  expect(await operator.health(shop)).toMatchObject({ applied: 4, duplicates: 1 });
  const process = network.process(shop);
  expect(process.result(process.slots().computed)).toEqual({ outcome: 'ok', data: 'world' });
});

async function moved({ operator }: Awaited<ReturnType<typeof setup>>, process: string) {
  const snapshot = await operator.snapshot(process);
  const result: Record<string, string> = {};
  for await (const { table, text } of snapshot.pages()) {
    if (table !== 'Fighter') continue;
    const [, owners, , steps] = text.split(';').map((column) => column.split(','));
    owners!.forEach((name, row) => { if (name !== 'clock') result[name.replace(/-+$/, '')] = steps![row]!; });
  }
  return result;
}
