import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { createFaultProxy } from '@beamline/ao/fault-proxy';
import { ethereumSigner } from '@beamline/ao';
import { readProgram } from '@beamline/ao';
import { installOnAos } from '@beamline/ao/legacynet';
import { systemClock, type Assignment, type Clock, type ProcessId, type SignedItem, type Signer } from '@beamline/core';
import { createOperator, type Operator } from '@beamline/kernel/operator';
import { createMemoryStore, restoreSnapshot, takeSnapshot } from '@beamline/persistence';
import { createVm } from '@beamline/vm';
import { aosIt, hasAos } from '../packages/ao/test/aos/open-aos.ts';
import { legacynetAt, openLegacynet, type OpenLegacynet } from '../packages/ao/test/aos/open-legacynet.ts';
import { builtRole } from './built.ts';

const players = [1, 2, 3].map((n) => ethereumSigner(`${n}`.padStart(64, '7')));
let net: OpenLegacynet;
let code: string;
let operator: Operator;
beforeAll(async () => {
  if (!hasAos) return;
  net = await openLegacynet();
  ({ code } = await builtRole({ role: 'ledger', entry: 'role.ts', target: 'lua', root: join(import.meta.dirname, '../bench/network/ledger') }));
  operator = createOperator({ network: net.network, signer: net.player, clock: systemClock, environment: 'test' });
}, 120_000);
afterAll(() => net?.dispose());

const list = (tags: Record<string, string>) => Object.entries(tags).map(([name, value]) => ({ name, value }));

async function spawn(phase = 'active', network = net.network): Promise<ProcessId> {
  const module = await network.spawn(await network.signModule(net.player, code));
  const tags = list({ 'Beamline-Environment': 'test', 'Beamline-Release': 'r1', 'Beamline-Phase': phase });
  return network.spawn(await network.signProcess(net.player, { module, tags, data: '' }));
}

const mark = (process: ProcessId, number: number, seq: number, signer: Signer = players[0]!): Promise<SignedItem> =>
  net.network.signMessage(signer, { target: process, tags: list({ Action: 'Mark', Number: `${number}`, Seq: `${seq}` }), data: '' });

async function report(process: ProcessId): Promise<string> {
  const sent = await net.network.send(await net.network.signMessage(players[2]!, { target: process, tags: list({ Action: 'Report' }), data: '' }));
  return sent.outcome === 'computed' ? String(sent.output['data']) : sent.detail;
}

/** What is delivered behind an answer takes a moment. */
async function until(done: () => Promise<boolean>): Promise<void> {
  while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 10));
}

aosIt('a role boots in the process message and shows its health', async () => {
  const process = await spawn();
  expect(await operator.health(process)).toMatchObject({ phase: 'active', role: 'ledger', release: 'r1', environment: 'test', slot: 0 });
  expect(await net.network.send(await mark(process, 5, 1))).toMatchObject({ outcome: 'computed', slot: 1, output: { outcome: 'ok', data: '5' } });
  expect(await operator.health(process)).toMatchObject({ applied: 1, slot: 1 });
  // Not the owner, and a stranger's Eval: both are the kernel's to refuse.
  const eve = createOperator({ network: net.network, signer: players[1]!, clock: systemClock, environment: 'test' });
  await expect(eve.freeze(process)).rejects.toMatchObject({ code: 'kernel/not-owner' });
  const evil = await net.network.send(await net.network.signMessage(players[1]!, { target: process, tags: list({ Action: 'Eval' }), data: 'compute = nil' }));
  expect(evil).toMatchObject({ outcome: 'computed', output: { outcome: 'refused' } });
  expect(await report(process)).toBe('1,0');
  // The network shows what it booted with, to be compared with a release.
  expect(await readProgram(net.network, process)).toMatchObject({ source: code, genesis: { slot: 0 } });
});

aosIt('a role is installed by Eval in a process that is there, once, whole or in parts', async () => {
  const { network, player } = net;
  const process = await network.spawn(await network.signProcess(player, { module: net.server.aosModule!, tags: [], data: '1' }));
  const own = createOperator({ network, signer: player, clock: systemClock });
  const before = await network.send(await network.signMessage(player, { target: process, tags: list({ Action: 'Eval' }), data: 'Mine = 7 return Mine' }));
  expect(before).toMatchObject({ output: { data: '7' } });
  const installed = await installOnAos({ network, signer: player, process, source: code, maxEvalBytes: 20_000 });
  expect(await own.health(process)).toMatchObject({ phase: 'active', role: 'ledger' });
  await network.send(await mark(process, 3, 1));
  const again = await installOnAos({ network, signer: player, process, source: code });
  expect(again).toEqual({ sha256: installed.sha256, slot: expect.any(Number) });
  expect(await report(process)).toBe('1,0');
  await expect(installOnAos({ network, signer: player, process, source: `${code}\n` })).rejects.toMatchObject({
    code: 'ao/aos-other-program', details: { installed: installed.sha256 },
  });
  // aos is still its owner's: what was there before is there.
  expect(await network.send(await network.signMessage(player, { target: process, tags: list({ Action: 'Eval' }), data: 'return Mine' }))).toMatchObject({ output: { data: expect.stringMatching(/7$/) } });
});

aosIt('an install that fails says what is left behind, and can be repeated', async () => {
  const { network, player } = net;
  const process = await network.spawn(await network.signProcess(player, { module: net.server.aosModule!, tags: [], data: '1' }));
  const install = (signer: Signer, source: string, maxEvalBytes = 95_000) => installOnAos({ network, signer, process, source, maxEvalBytes });
  await expect(install(players[1]!, code)).rejects.toMatchObject({ code: 'ao/aos-not-installed', message: expect.stringContaining('does not own') });
  await expect(install(player, 'error("top level")')).rejects.toMatchObject({ code: 'ao/aos-not-installed', message: expect.stringContaining('top level') });
  await expect(install(player, 'x = = 1')).rejects.toMatchObject({ code: 'ao/aos-not-installed' });
  await expect(install(player, 'local nothing = 1')).rejects.toMatchObject({ message: expect.stringContaining('defines no global compute') });
  await expect(install(player, `${code}\nerror("at the end")`, 20_000)).rejects.toMatchObject({ hint: expect.stringContaining('BeamlineParts') });
  await expect(install(player, 'local a = "ü"')).rejects.toMatchObject({ code: 'ao/not-ascii' });
  await install(player, code, 20_000);
  expect(await createOperator({ network, signer: player, clock: systemClock }).health(process)).toMatchObject({ phase: 'active' });
  const bad = await network.signModule(player, 'error("cannot boot")');
  const item = await network.signProcess(player, { module: bad.id, tags: [], data: '' });
  await expect(network.spawn(item)).rejects.toMatchObject({ code: 'ao/aos-not-installed', message: expect.stringContaining('cannot boot') });
});

aosIt('a cut-over on aos loses nothing and applies nothing twice, and the state is proved by its snapshot', async () => {
  const { network } = net;
  const [blue, sink] = [await spawn(), await spawn()];
  await operator.link(blue, { name: 'sink', process: sink });
  for (let i = 1; i <= 16; i++) await network.send(await mark(blue, i, i));
  await until(async () => (await network.slots(sink)).scheduled >= 2);
  expect(await report(sink)).toBe('2,0');

  const store = createMemoryStore();
  const taken = await takeSnapshot({ operator, store, clock: systemClock, process: blue, game: 'test', role: 'ledger' });
  const green = await spawn('standby');
  const restored = await restoreSnapshot({ operator, store, clock: systemClock, ref: taken.ref, process: green });
  await network.send(await mark(blue, 17, 1, players[1]));
  const fence = await operator.freeze(blue, { since: restored.slot });
  const held = await mark(blue, 18, 17);
  expect(await network.send(held)).toMatchObject({ output: { outcome: 'held' } });
  await operator.restore(green, { layout: fence.index.layout, digest: fence.index.digest, tables: fence.index.tables, pages: fence.pages(), base: 'current' });
  await operator.link(sink, { name: 'ledger', process: green, mode: 'accept' });
  await operator.activate(green, { acceptFrom: [blue] });
  expect(await operator.handOver(blue, { successor: green })).toMatchObject({ forwarded: 1, held: 0 });
  // Whoever still writes to blue is served by green; what is repeated is found to be a repetition.
  const late = await mark(blue, 19, 18);
  expect(await network.send(late)).toMatchObject({ output: { outcome: 'forwarded' } });
  await until(async () => (await operator.health(green))?.applied === 2);
  await network.redeliver(blue, (await network.slots(blue)).scheduled);
  await until(async () => (await operator.health(green))?.duplicates === 1);
  expect(await report(green)).toBe('19,0');
  expect(await operator.health(blue)).toMatchObject({ phase: 'handed-over', forwarded: 2 });
}, 120_000);

aosIt('code is upgraded in place by the kernel, under aos', async () => {
  const process = await spawn();
  await net.network.send(await mark(process, 1, 1));
  const next = code.replace(/\n?$/, ' -- next\n');
  await operator.upgrade(process, { code: next, release: 'r2' });
  expect(await operator.health(process)).toMatchObject({ release: 'r2', code: expect.any(String) });
  await net.network.send(await mark(process, 1, 2));
  expect(await report(process)).toBe('1,1');
  // A replay of the schedule on raw Lua answers the same at every slot, the upgrade's data included.
  const schedule: Assignment[] = [];
  for await (const assignment of net.network.schedule(process)) schedule.push(assignment);
  const vm = await createVm({ code });
  for (const [slot, computed] of (await vm.computeAll(schedule.map(({ req }) => req))).entries()) {
    expect([slot, computed.ok ? computed.results?.['output'] : computed.message]).toEqual([slot, await net.network.result(process, slot)]);
  }
  await vm.close();
});

aosIt('every message counts once through a network that loses, repeats and breaks', async () => {
  const proxy = await createFaultProxy({ target: net.server.url, clock: systemClock, seed: 9 });
  const hurried: Clock = { now: () => systemClock.now(), sleep: (ms, signal) => systemClock.sleep(ms === 60_000 ? ms : 1, signal) };
  const network = legacynetAt(proxy.url, net.server.aosModule!, { clock: hurried, retries: 8 });
  const [process, sink] = [await spawn(), await spawn()];
  // Every eighth number goes on to the sink.
  await operator.link(process, { name: 'sink', process: sink });
  const kinds = [
    { kind: 'status', status: 500 }, { kind: 'status', status: 429 }, { kind: 'reset' }, { kind: 'lost-reply' }, { kind: 'truncate' },
    { kind: 'wrong-body' }, { kind: 'duplicate' },
  ] as const;
  proxy.setRules(kinds.map((fault) => ({ fault, probability: 0.05 })));
  const sending = Promise.all(players.slice(0, 2).map(async (signer, lane) => {
    for (let i = 1; i <= 25; i++) {
      const item = await network.signMessage(signer, { target: process, tags: list({ Action: 'Mark', Number: `${2 * i + lane}`, Seq: `${i}` }), data: '' });
      const sent = await network.send(item);
      expect(sent).toMatchObject({ outcome: 'computed', output: { outcome: 'ok' } });
      if (i % 5 === 0) expect(await network.send({ ...item })).toEqual(sent);
    }
  }));
  await sending.finally(() => proxy.close());
  const injected = kinds.reduce((sum, { kind }) => sum + proxy.counts()[kind], 0);
  expect(injected).toBeGreaterThan(20);
  expect(await report(process)).toBe('50,0');
  await until(async () => (await net.network.slots(sink)).scheduled >= 6);
  expect(await report(sink)).toBe('6,0');
}, 120_000);
