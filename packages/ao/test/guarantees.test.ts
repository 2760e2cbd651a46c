import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { systemClock, type AoNetwork, type Clock, type ProcessId, type SignedItem } from '@beamline/core';
import { createHyperbeam } from '@beamline/ao';
import type { FaultKind, FaultProxy, FaultRule } from '../src/fault-proxy/index.ts';
import { expectAbortable, expectObedient, expiringClock, faults, FINAL_STATUSES, once, openBehindFaults, TIMEOUT_MS, type BehindFaults } from './behind-faults.ts';
import type { OpenLocal } from './open-local.ts';

let opened: BehindFaults;
let local: OpenLocal;
let proxy: FaultProxy;
let process: ProcessId;

beforeAll(async () => {
  opened = await openBehindFaults();
  ({ local, proxy } = opened);
});
afterAll(() => opened.close());
beforeEach(async () => {
  proxy.setRules([]);
  process = await local.spawn();
});

const behindProxy = (clock: Clock) => createHyperbeam({ url: proxy.url, clock, timeoutMs: TIMEOUT_MS, breaker: { failures: 1_000 } });
function throughProxy() {
  const clock = expiringClock();
  return { network: behindProxy(clock), clock, patiently: <T>(asked: Promise<T>) => opened.patiently(asked, clock, process) };
}

const push = /\/push$/;
const ids = () => opened.messages(process);
const FAULTS: [string, FaultKind][] = [...faults('{"slot":'), ['a delay', { kind: 'delay', ms: 5 }]];

// A read's answer does not say what it is about, so such a lie cannot be told from the truth there.
const LIE: [string, FaultKind] = ['JSON about another process', { kind: 'wrong-body', body: `{"slot":9,"process":"${'o'.repeat(43)}","status":200}`, contentType: 'application/json' }];

it.each([...FAULTS, LIE])('runs a message once, and knows its output, after %s', async (_, fault) => {
  proxy.setRules(once(fault, push));
  const { network, patiently } = throughProxy();
  const item = await local.sign(process, 'Inc');
  const mine = await network.signMessage(local.player, { target: process, tags: [], data: 'mine' });
  expect(await patiently(network.send(mine))).toEqual({ outcome: 'computed', slot: 1, output: { data: 'count=2' } });
  // The same with an item that somebody else may have sent.
  proxy.setRules(once(fault, push));
  expect(await patiently(network.send(item))).toEqual({ outcome: 'computed', slot: 2, output: { data: 'count=3' } });
  expect(await ids()).toEqual([mine.id, item.id]);
});

it.each(FAULTS)('does not take a message in the schedule for lost when the search for it meets %s', async (_, fault) => {
  const { network, patiently } = throughProxy();
  const item = await network.signMessage(local.player, { target: process, tags: [], data: 'mine' });
  for (const search of [/\/schedule\?/, /slot\/current/, /\/type$/, /\/results/]) {
    proxy.setRules([...once({ kind: 'lost-reply' }, push), ...once(fault, search)]);
    expect(await patiently(network.send(item))).toEqual({ outcome: 'computed', slot: 1, output: { data: 'count=2' } });
    expect(await patiently(network.send({ ...item }))).toEqual({ outcome: 'computed', slot: 1, output: { data: 'count=2' } });
  }
  expect(await ids()).toEqual([item.id]);
});

it.each([...FAULTS, LIE])('runs a batch once and in order, and delivers what it sends, in spite of %s', async (_, fault) => {
  const { network, patiently } = throughProxy();
  const to = await local.spawn();
  const items = [await local.sign(process, 'Inc'), await local.sign(process, 'Send', { To: to }), await local.sign(process, 'Inc')];
  for (const path of [/\/schedule$/, /push\?slot=/, /results/]) {
    // What is said about a result cannot be told from the truth.
    if (fault === LIE[1] && String(path) !== String(/\/schedule$/)) continue;
    proxy.setRules([{ fault, path, after: 0, count: 1 }]);
    const deliveries = await patiently((network.sendAll as NonNullable<AoNetwork['sendAll']>)(items));
    expect(deliveries.map(({ outcome, slot }) => [outcome, slot])).toEqual([['computed', 1], ['computed', 2], ['computed', 3]]);
    expect(await ids()).toEqual(items.map(({ id }) => id));
    expect((await local.network.slots(to)).scheduled).toBeGreaterThanOrEqual(1);
  }
});

it.each(FAULTS)('spawns a process once in spite of %s', async (_, fault) => {
  proxy.setRules(once(fault, push));
  const { network, patiently } = throughProxy();
  const item = await network.signProcess(local.player, { module: local.module, tags: [], data: '1' });
  expect(await patiently(network.spawn(item))).toBe(item.id);
  expect(await local.network.slots(item.id)).toMatchObject({ scheduled: 0 });
});

it.each(FAULTS)('reads what is there in spite of %s', async (_, fault) => {
  await local.network.send(await local.sign(process, 'Page'));
  const { network, patiently } = throughProxy();
  const rules: FaultRule[] = [{ fault, method: 'GET', count: 1 }];
  const whole = async () => {
    const all: number[] = [];
    for await (const { slot } of network.schedule(process)) all.push(slot);
    return all;
  };
  const reads: [() => Promise<unknown>, unknown][] = [
    [() => network.result(process, 1), { data: 'count=2' }],
    [() => network.read(process, 'count'), 2],
    [() => network.slots(process), { scheduled: 1, computed: 1 }],
    [whole, [0, 1]],
    [() => network.node().then(({ address }) => address), local.server.address],
  ];
  for (const [read, value] of reads) {
    proxy.setRules(rules);
    expect(await patiently(read())).toEqual(value);
  }
});

it.each(FINAL_STATUSES)('never repeats what was answered with %i', async (status) => {
  const { network, clock } = throughProxy();
  const item = await network.signMessage(local.player, { target: process, tags: [], data: '' });
  proxy.setRules([{ fault: { kind: 'status', status }, path: push }]);
  const before = proxy.counts().status;
  await expect(network.send(item)).rejects.toMatchObject({ code: 'ao/rejected', retryable: false, details: { status } });
  expect(proxy.counts().status - before).toBe(1);
  proxy.setRules([{ fault: { kind: 'status', status }, path: /slot\/current/ }]);
  await network.slots(process).catch(() => undefined);
  expect(clock.slept.length).toBeLessThanOrEqual(status === 404 ? 5 : 0);
  expect(await ids()).toEqual([]);
});

it('comes back when it was told to: in seconds, or at a date', async () => {
  const { network, clock } = throughProxy();
  await expectObedient(proxy, clock, [[/count/, () => network.read(process, 'count')]]);
});

it('loses nothing and sends nothing twice in a storm of everything', async () => {
  const faults: FaultKind[] = [...FAULTS.map(([, fault]) => fault).filter(({ kind }) => kind !== 'drop' && kind !== 'delay'), { kind: 'duplicate' }];
  const storm: FaultRule[] = faults.filter((fault) => !('silent' in fault)).map((fault) => ({ fault, probability: 0.03 }));
  const network = createHyperbeam({ url: proxy.url, clock: { ...systemClock, sleep: (ms, signal) => (ms < TIMEOUT_MS ? Promise.resolve() : systemClock.sleep(ms, signal)) }, retries: 12 });
  const items: SignedItem[] = [];
  for (let i = 0; i < 150; i++) items.push(await network.signMessage(local.player, { target: process, tags: [], data: `${i}` }));
  proxy.setRules(storm);
  let next = 0;
  const lane = async () => {
    for (let item = items[next++]; item; item = items[next++]) expect(await network.send(item)).toMatchObject({ outcome: 'computed' });
  };
  const { duplicate } = proxy.counts();
  await Promise.all([lane(), lane(), lane(), lane()]);
  proxy.setRules([]);
  const scheduled = await ids();
  expect(new Set(scheduled)).toEqual(new Set(items.map(({ id }) => id)));
  // What the proxy itself applied twice; it may also double reads.
  expect(scheduled.length - items.length).toBeLessThanOrEqual(proxy.counts().duplicate - duplicate);
});

it('waits out a partition', async () => {
  const { network, patiently, clock } = throughProxy();
  const item = await network.signMessage(local.player, { target: process, tags: [], data: '' });
  proxy.partition(true);
  const healing = { ...clock };
  const sent = patiently(createHyperbeam({ url: proxy.url, clock: { ...healing, sleep: (ms, signal) => {
    if (ms === 400) proxy.partition(false);
    return clock.sleep(ms, signal);
  } } }).send(item));
  // Nothing was applied and the schedule could not be read: the client must not guess.
  await expect(sent.finally(() => proxy.partition(false))).resolves.toMatchObject({ outcome: 'computed', slot: 1 });
  expect(await ids()).toEqual([item.id]);
});

const calls: [string, (network: AoNetwork, signal: AbortSignal) => Promise<unknown>][] = [
  ['node', (network, signal) => network.node(signal)],
  ['signModule', (network, signal) => network.signModule(local.player, 'x', signal)],
  ['signProcess', (network, signal) => network.signProcess(local.player, { module: local.module, tags: [], data: '' }, signal)],
  ['send', async (network, signal) => network.send(await local.sign(process, 'Inc'), signal)],
  ['spawn', async (network, signal) => network.spawn(await local.network.signProcess(local.player, { module: local.module, tags: [], data: '' }), signal)],
  ['result', (network, signal) => network.result(process, 0, signal)],
  ['resultText', (network, signal) => network.resultText(process, 0, 'output/data', signal)],
  ['read', (network, signal) => network.read(process, 'count', signal)],
  ['slots', (network, signal) => network.slots(process, signal)],
  ['schedule', (network, signal) => network.schedule(process, {}, signal)[Symbol.asyncIterator]().next()],
  ['redeliver', (network, signal) => network.redeliver(process, 0, signal)],
  ['resolve', (network, signal) => network.resolve('arena', signal)],
  ['setAlias', (network, signal) => network.setAlias('arena', process, local.operator, signal)],
];

it.each(calls)('ends %s at once when its caller aborts, whether it asks or waits to ask again', async (_, call) => {
  await expectAbortable(proxy, call, behindProxy);
});
