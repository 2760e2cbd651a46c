import { describe, expect, it } from '@jest/globals';
import { Fault, type AoNetwork, type ProcessId, type Signer } from '@beamline/core';
import { createManualClock } from '@beamline/core/testing';
import { createProcess, defineRole } from '@beamline/kernel';
import { createOperator } from '@beamline/kernel/operator';
import { createMemoryNetwork, testId } from '@beamline/kernel/testing';
import { auditLedger, createCrowd, createLedger, readSenders, type CrowdOptions } from '../src/index.ts';
import battle from '../src/v2/battle.ts';
import world from '../src/v2/world.ts';

const signer = (name: string) => ({ address: testId(name), type: 3, publicKey: new Uint8Array(), sign: async () => new Uint8Array() }) as Signer;
const owner = signer('owner');
const players = Array.from({ length: 12 }, (_, i) => signer(`player-${i}`));
const aliases = { world: 'arena-world-0-test', battle: ['arena-battle-0-test', 'arena-battle-1-test'], market: 'arena-market-0-test' };

/** Stands in for the market, which is Lua: takes every order. */
const stall = defineRole({ name: 'market', components: [], actions: { Offer: () => 'order', Bid: () => 'order' } });

async function setup(overrides: Partial<CrowdOptions> = {}) {
  const clock = createManualClock(1_000_000);
  const network = createMemoryNetwork({
    clock,
    bundles: {
      world: () => createProcess(world, { layout: 'w' }),
      battle: () => createProcess(battle, { layout: 'b' }),
      market: () => createProcess(stall, { layout: 'm' }),
    },
  });
  const operator = createOperator({ network, signer: owner, clock });
  const spawn = async (source: string, phase = 'active') => {
    const module = await network.signModule(owner, source);
    const tags = [{ name: 'Beamline-Phase', value: phase }];
    return network.spawn(await network.signProcess(owner, { module: module.id, tags, data: '' }));
  };
  const processes: Record<string, ProcessId> = {};
  for (const alias of [aliases.world, ...aliases.battle, aliases.market]) {
    processes[alias] = await spawn(alias.split('-')[1]!);
    await network.setAlias(alias, processes[alias], owner);
  }
  for (const [shard, alias] of aliases.battle.entries()) {
    await operator.link(processes[alias]!, { name: 'world', process: processes[aliases.world]! });
    await operator.link(processes[aliases.world]!, { name: `battle-${shard}`, process: processes[alias]! });
  }
  const crowd = createCrowd({ network, aliases, signers: players, clock, perSecond: 60, ...overrides });
  const audit = async () => {
    const senders: Record<string, Awaited<ReturnType<typeof readSenders>>> = {};
    for (const alias of Object.keys(processes)) senders[alias] = await readSenders(operator, (await network.resolve(alias))!);
    return auditLedger(crowd.ledger, senders);
  };
  return { clock, network, operator, spawn, processes, crowd, audit };
}

/** Lets promises settle: the memory network answers at once, but through several of them. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function pass(clock: ReturnType<typeof createManualClock>, ms: number) {
  for (let at = 0; at < ms; at += 20) {
    await clock.advance(20);
    await settle();
  }
}

async function stopped({ clock, crowd }: Awaited<ReturnType<typeof setup>>) {
  const stop = crowd.stop();
  await pass(clock, 1_000);
  return stop;
}

it('keeps books that balance with what the processes applied', async () => {
  const stage = await setup();
  await stage.crowd.join();
  stage.crowd.start();
  await pass(stage.clock, 10_000);
  const ledger = await stopped(stage);
  expect(ledger.sent).toBeGreaterThan(500);
  expect(ledger.sent).toBe(ledger.accepted + ledger.refused);
  expect(ledger).toMatchObject({ failed: 0, pending: 0, rejected: 0, duplicate: 0, retried: 0 });
  expect(await stage.audit()).toMatchObject({ delivered: ledger.sent, applied: ledger.sent, lost: 0, duplicated: 0, differences: [] });
});

it('moves, fights and trades, everybody', async () => {
  const actions = new Set<string>();
  const venues = new Set<string>();
  const stage = await setup({ onMessage: ({ action, alias }) => {
    actions.add(action);
    venues.add(alias);
  } });
  await stage.crowd.join();
  stage.crowd.start();
  await pass(stage.clock, 20_000);
  await stopped(stage);
  expect([...actions].sort()).toEqual(['Bid', 'Equip', 'Fight', 'Gather', 'Give', 'Join', 'Move', 'Offer']);
  expect(venues.size).toBe(4);
});

it('keeps the pace it is given, and another one from then on', async () => {
  const stage = await setup({ perSecond: 50 });
  await stage.crowd.join();
  stage.crowd.start();
  await pass(stage.clock, 4_000);
  const first = stage.crowd.ledger.sent;
  expect(first - 12).toBeGreaterThanOrEqual(195);
  expect(first - 12).toBeLessThanOrEqual(205);
  stage.crowd.setRate(10);
  await pass(stage.clock, 4_000);
  expect(stage.crowd.ledger.sent - first).toBeGreaterThanOrEqual(35);
  expect(stage.crowd.ledger.sent - first).toBeLessThanOrEqual(45);
  await stopped(stage);
});

/** The same network, but `send` goes through `wrap`. */
function wrapped(network: AoNetwork, wrap: AoNetwork['send']): AoNetwork {
  return { ...network, send: wrap };
}

describe('when the network', () => {
  it('takes a message and loses the answer, the same item is handed in again and counts once', async () => {
    const stage = await setup();
    const sent: string[] = [];
    let calls = 0;
    const network = wrapped(stage.network, async (item) => {
      sent.push(item.id);
      calls += 1;
      if (calls % 3 === 0) {
        stage.network.post(item);
        throw new Fault('ao/unreachable', 'no answer', { retryable: true });
      }
      const output = stage.network.post(item);
      return { outcome: 'computed', slot: 1, output };
    });
    const crowd = createCrowd({ network, aliases, signers: players, clock: stage.clock });
    const harsh = { ...stage, crowd };
    const joined = crowd.join();
    await pass(stage.clock, 1_000);
    await joined;
    crowd.start();
    await pass(stage.clock, 4_000);
    const ledger = await stopped(harsh);
    expect(ledger.retried).toBeGreaterThan(20);
    expect(ledger.duplicate).toBeGreaterThan(20);
    expect(new Set(sent).size).toBe(ledger.sent);
    const senders: Record<string, Awaited<ReturnType<typeof readSenders>>> = {};
    for (const [alias, process] of Object.entries(stage.processes)) senders[alias] = await readSenders(stage.operator, process);
    expect(auditLedger(ledger, senders)).toMatchObject({ lost: 0, duplicated: 0 });
  });

  it('refuses a message for good, its number is used again', async () => {
    const stage = await setup();
    let first = true;
    const network = wrapped(stage.network, async (item) => {
      if (!first) return stage.network.send(item);
      first = false;
      throw new Fault('ao/rejected', 'bad item');
    });
    const crowd = createCrowd({ network, aliases, signers: players.slice(0, 1), clock: stage.clock });
    await crowd.join();
    expect(crowd.ledger).toMatchObject({ rejected: 1, sent: 1 });
    await crowd.join();
    expect(crowd.ledger.accounts).toEqual([{ player: testId('player-0'), alias: aliases.world, lastSeq: 1, delivered: 1 }]);
  });
});

it('signs again, under the same number, what a process on standby did not take', async () => {
  const stage = await setup();
  const active = stage.processes[aliases.world]!;
  await stage.network.setAlias(aliases.world, await stage.spawn('world', 'standby'), owner);
  const joined = stage.crowd.join();
  await pass(stage.clock, 300);
  expect(stage.crowd.ledger.accepted).toBe(0);
  await stage.network.setAlias(aliases.world, active, owner);
  await pass(stage.clock, 1_000);
  await joined;
  expect(stage.crowd.ledger).toMatchObject({ sent: 12, accepted: 12 });
  expect(stage.crowd.ledger.resigned).toBeGreaterThan(0);
  expect(await stage.audit()).toMatchObject({ delivered: 12, applied: 12, lost: 0, duplicated: 0 });
});

it('follows the alias through a cut-over: held and forwarded messages count once', async () => {
  const stage = await setup();
  const { network, operator, clock, crowd } = stage;
  await crowd.join();
  crowd.start();
  await pass(clock, 2_000);
  const blue = stage.processes[aliases.world]!;
  const green = await stage.spawn('world', 'standby');
  for (const alias of aliases.battle) {
    await operator.link(blue, { name: alias.split('-').slice(1, 3).join('-'), process: stage.processes[alias]! });
  }
  const fence = await operator.freeze(blue);
  await pass(clock, 500);
  await operator.restore(green, { layout: 'w', digest: fence.index.digest, tables: fence.index.tables, pages: fence.pages() });
  await operator.activate(green, { acceptFrom: [blue] });
  await operator.handOver(blue, { successor: green });
  await pass(clock, 500);
  await network.setAlias(aliases.world, green, owner);
  await pass(clock, 2_000);
  const ledger = await stopped(stage);
  expect(ledger.pending).toBeGreaterThan(10);
  expect(network.process(green).assignments.length).toBeGreaterThan(50);
  expect(await stage.audit()).toMatchObject({ delivered: ledger.sent, lost: 0, duplicated: 0 });
});

it('stops signing for a process that is stuck, and goes on when the alias moves', async () => {
  const stage = await setup();
  const { network, clock, crowd } = stage;
  await crowd.join();
  const blue = stage.processes[aliases.market]!;
  network.process(blue).bricked = true;
  crowd.start();
  await pass(clock, 6_000);
  const scheduled = network.process(blue).assignments.length;
  await pass(clock, 6_000);
  expect(network.process(blue).assignments.length).toBe(scheduled);
  expect(crowd.ledger.pending).toBeLessThanOrEqual(12);
  const green = await stage.spawn('market');
  await network.setAlias(aliases.market, green, owner);
  await pass(clock, 4_000);
  await stopped(stage);
  expect(network.process(green).assignments.length).toBeGreaterThan(12);
});

describe('an audit', () => {
  const ledger = { ...createLedger(), accounts: [
    { player: 'a', alias: 'w', lastSeq: 5, delivered: 5 }, { player: 'b', alias: 'w', lastSeq: 3, delivered: 3 },
    { player: 'a', alias: 'm', lastSeq: 2, delivered: 2 },
  ] };

  it('counts what was lost and what was applied too often, one by one', () => {
    expect(auditLedger(ledger, { w: [{ key: 'a', applied: 4 }, { key: 'b', applied: 5 }], m: [] })).toEqual({
      delivered: 10, applied: 9, lost: 3, duplicated: 2,
      differences: ['w: a delivered 5, applied 4', 'w: b delivered 3, applied 5', 'm: a delivered 2, applied 0'],
    });
  });
});
