import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { systemClock, type AoNetwork, type Clock, type Id, type ProcessId } from '@beamline/core';
import { createManualClock } from '@beamline/core/testing';
import { createLegacynet, type Legacynet } from '@beamline/ao/legacynet';
import type { FaultKind, FaultProxy } from '../src/fault-proxy/index.ts';
import { expectAbortable, expectObedient, expiringClock, faults, FINAL_STATUSES, once, openBehindFaults, TIMEOUT_MS, type BehindFaults } from './behind-faults.ts';
import type { OpenLocal } from './open-local.ts';

let opened: BehindFaults;
let local: OpenLocal;
let proxy: FaultProxy;
let module: Id;
let process: ProcessId;

/** Messages posted since the count was reset. */
let posts = 0;
const counting: typeof fetch = (input, init) => {
  if (init?.method === 'POST' && /\/mu$/.test(String(input))) posts += 1;
  return fetch(input, init);
};
const legacynet = (url: string, clock: Clock): Legacynet =>
  createLegacynet({ muUrl: `${url}/mu`, cuUrl: `${url}/cu`, suUrl: `${url}/su`, uploadUrl: `${url}/gw`, clock, timeoutMs: TIMEOUT_MS, fetch: counting });
const direct = (): Legacynet => legacynet(local.server.url, systemClock);

const behindProxy = (clock: Clock) => legacynet(proxy.url, clock);

beforeAll(async () => {
  opened = await openBehindFaults();
  ({ local, proxy } = opened);
  module = local.module;
  await direct().signMessage(local.player, { target: 'z'.repeat(43), tags: [], data: 'loads the client' });
});
afterAll(() => opened.close());
beforeEach(async () => {
  proxy.setRules([]);
  process = await direct().spawn(await direct().signProcess(local.player, { module, tags: [], data: '1' }));
});

function throughProxy() {
  const clock = expiringClock();
  return { network: behindProxy(clock), clock, slept: clock.slept, patiently: <T>(asked: Promise<T>) => opened.patiently(asked, clock, process) };
}

const mu = /^\/mu/;
const ids = () => opened.messages(process);
const sign = (data = 'mine') => direct().signMessage(local.player, { target: process, tags: [], data });

const FAULTS = faults('{"id":');
const LIE: [string, FaultKind] = ['JSON about another message', { kind: 'wrong-body', body: `{"id":"${'o'.repeat(43)}"}`, contentType: 'application/json' }];
const computed = (count: number) => ({ outcome: 'computed', slot: count - 1, output: { data: `count=${count}` } });

it.each([...FAULTS, LIE])('runs a message once, and knows its output, after %s', async (_, fault) => {
  const { network, patiently } = throughProxy();
  const mine = await network.signMessage(local.player, { target: process, tags: [], data: 'mine' });
  proxy.setRules(once(fault, mu));
  posts = 0;
  expect(await patiently(network.send(mine))).toEqual(computed(2));
  // What was applied is found in the schedule, and not even offered again.
  expect(posts).toBe(['drop', 'status', 'reset'].includes(fault.kind) ? 2 : 1);
  // The same with an item that somebody else may have sent.
  const other = await sign();
  proxy.setRules(once(fault, mu));
  expect(await patiently(network.send(other))).toEqual(computed(3));
  expect(await ids()).toEqual([mine.id, other.id]);
});

it.each(FAULTS)('does not take a message in the schedule for lost when the look at it meets %s', async (_, fault) => {
  const { network, patiently } = throughProxy();
  const item = await network.signMessage(local.player, { target: process, tags: [], data: 'mine' });
  for (const look of [/^\/su\//, /^\/cu\/result/]) {
    proxy.setRules([...once({ kind: 'lost-reply' }, mu), ...once(fault, look)]);
    expect(await patiently(network.send(item))).toEqual(computed(2));
    expect(await patiently(network.send({ ...item }))).toEqual(computed(2));
  }
  expect(await ids()).toEqual([item.id]);
});

it.each([...FAULTS, LIE])('spawns a process once in spite of %s', async (_, fault) => {
  const { network, patiently } = throughProxy();
  const item = await network.signProcess(local.player, { module, tags: [], data: '1' });
  proxy.setRules(once(fault, mu));
  expect(await patiently(network.spawn(item))).toBe(item.id);
  expect(await local.network.slots(item.id)).toMatchObject({ scheduled: 0 });
});

it.each(FAULTS)('reads what is there in spite of %s', async (_, fault) => {
  await direct().send(await sign());
  const { network, patiently } = throughProxy();
  const whole = async () => {
    const all: number[] = [];
    for await (const { slot } of network.schedule(process)) all.push(slot);
    return all;
  };
  const reads: [() => Promise<unknown>, unknown][] = [
    [() => network.result(process, 1), { data: 'count=2' }],
    [() => network.resultText(process, 1, 'output/data'), 'count=2'],
    [() => network.read(process, 'data'), 'count=2'],
    [() => network.slots(process), { scheduled: 1, computed: 1 }],
    [whole, [0, 1]],
    [() => network.node().then(({ address }) => address), local.server.address],
    [() => network.dryRun({ process, data: 'x' }), { data: 'count=3' }],
  ];
  for (const [read, value] of reads) {
    proxy.setRules([{ fault, path: /^\/(su|cu)/, count: 1 }]);
    expect(await patiently(read())).toEqual(value);
  }
});

it.each(FINAL_STATUSES)('never repeats what was answered with %i', async (status) => {
  const { network, slept } = throughProxy();
  const item = await network.signMessage(local.player, { target: process, tags: [], data: 'x' });
  proxy.setRules([{ fault: { kind: 'status', status }, path: mu }]);
  const before = proxy.counts().status;
  const code = status === 404 ? 'ao/unknown-process' : 'ao/rejected';
  await expect(network.send(item)).rejects.toMatchObject({ code, retryable: false, details: { status } });
  expect(proxy.counts().status - before).toBe(1);
  expect(slept).toEqual([]);
  expect(await ids()).toEqual([]);
});

it('comes back when it was told to: in seconds, or at a date', async () => {
  const { network, clock } = throughProxy();
  const item = await network.signMessage(local.player, { target: process, tags: [], data: 'x' });
  await expectObedient(proxy, clock, [[mu, () => network.send(item)], [/^\/cu/, () => network.read(process, 'data')]]);
});

it('gives up with the item still good: sent again later, it is looked up first', async () => {
  const { network } = throughProxy();
  const item = await network.signMessage(local.player, { target: process, tags: [], data: 'x' });
  proxy.setRules([{ fault: { kind: 'status', status: 503 }, path: mu }]);
  await expect(network.send(item)).rejects.toMatchObject({ code: 'ao/unreachable', retryable: true, details: { message: item.id } });
  proxy.setRules([]);
  expect(await network.send(item)).toEqual(computed(2));
  // Nobody knows whether it was taken: nothing may be guessed.
  const lost = await sign('lost');
  proxy.setRules([{ fault: { kind: 'lost-reply' }, path: mu }, { fault: { kind: 'status', status: 503 }, path: /^\/su/ }]);
  await expect(network.send(lost)).rejects.toMatchObject({ code: 'ao/unreachable', retryable: true });
  proxy.setRules([]);
  expect(await network.send(lost)).toEqual(computed(3));
  expect(await ids()).toEqual([item.id, lost.id]);
});

const calls: [string, (network: Legacynet, signal: AbortSignal) => Promise<unknown>][] = [
  ['node', (network, signal) => network.node(signal)],
  ['signProcess', (network, signal) => network.signProcess(local.player, { module, tags: [], data: '' }, signal)],
  ['send', async (network, signal) => network.send(await sign(), signal)],
  ['spawn', async (network, signal) => network.spawn(await direct().signProcess(local.player, { module, tags: [], data: '' }), signal)],
  ['result', (network, signal) => network.result(process, 0, signal)],
  ['resultText', (network, signal) => network.resultText(process, 0, 'output/data', signal)],
  ['read', (network, signal) => network.read(process, 'data', signal)],
  ['slots', (network, signal) => network.slots(process, signal)],
  ['schedule', (network, signal) => (network as AoNetwork).schedule(process, {}, signal)[Symbol.asyncIterator]().next()],
  ['redeliver', (network, signal) => network.redeliver(process, 0, signal)],
  ['dryRun', (network, signal) => network.dryRun({ process }, signal)],
];

it.each(calls)('ends %s at once when its caller aborts, whether it asks or waits to ask again', async (_, call) => {
  await expectAbortable(proxy, call, behindProxy);
});

it('asks for no more dry runs in a minute than the public unit answers', async () => {
  const clock = createManualClock(1_000_000);
  const asked: number[] = [];
  const counting: typeof fetch = (input, init) => {
    asked.push(clock.now());
    return fetch(input, init);
  };
  const url = local.server.url;
  const network = createLegacynet({ muUrl: `${url}/mu`, cuUrl: `${url}/cu`, suUrl: `${url}/su`, clock, fetch: counting });
  const runs = Array.from({ length: 8 }, () => network.dryRun({ process, data: 'x' }));
  await Promise.all(runs.slice(0, 6));
  expect(asked).toHaveLength(6);
  await clock.advance(59_999);
  expect(asked).toHaveLength(6);
  await clock.advance(1);
  await Promise.all(runs);
  expect(asked.slice(6)).toEqual([1_060_000, 1_060_000]);
  const failing = await direct().send(await direct().signMessage(local.player, { target: process, tags: [{ name: 'Action', value: 'Fail' }], data: 'x' }));
  expect(failing.outcome).toBe('scheduled');
  await expect(direct().dryRun({ process })).rejects.toMatchObject({ code: 'ao/dry-run-failed' });
});
