import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { systemClock, type AoNetwork, type Clock, type Id, type ProcessId } from '@beamline/core';
import { createManualClock } from '@beamline/core/testing';
import { createLegacynet, type Legacynet } from '@beamline/ao/legacynet';
import { createFaultProxy, type FaultKind, type FaultProxy, type FaultRule } from '../src/fault-proxy/index.ts';
import { openLocal, type OpenLocal } from './open-local.ts';

const TIMEOUT_MS = 60_000;
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

beforeAll(async () => {
  local = await openLocal();
  proxy = await createFaultProxy({ target: local.server.url, clock: systemClock, seed: 7 });
  module = local.module;
  await direct().signMessage(local.player, { target: 'z'.repeat(43), tags: [], data: 'loads the client' });
});
afterAll(async () => {
  await proxy.close();
  await local.dispose();
});
beforeEach(async () => {
  proxy.setRules([]);
  process = await direct().spawn(await direct().signProcess(local.player, { module, tags: [], data: '1' }));
});

/** A client behind the proxy: pauses pass at once, and requests that the proxy leaves without an answer time out. */
function throughProxy() {
  const slept: number[] = [];
  let waiting: (() => void)[] = [];
  const clock: Clock = {
    now: () => systemClock.now(),
    sleep: (ms, signal) => {
      if (ms < TIMEOUT_MS) {
        slept.push(ms);
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        waiting.push(resolve);
        signal?.addEventListener('abort', () => {
          waiting = waiting.filter((other) => other !== resolve);
          reject(signal.reason as Error);
        }, { once: true });
      });
    },
  };
  const patiently = async <T>(asked: Promise<T>): Promise<T> => {
    const silent = () => proxy.counts().drop + proxy.counts()['lost-reply'];
    let isSettled = false;
    let seen = silent();
    const settled = asked.finally(() => (isSettled = true));
    settled.catch(() => undefined);
    while (!isSettled) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (silent() <= seen) continue;
      seen += 1;
      // The backend may still be at it: what was applied must be in the schedule before the client looks.
      await local.network.slots(process).catch(() => undefined);
      waiting.forEach((wake) => wake());
    }
    return settled;
  };
  return { network: legacynet(proxy.url, clock), slept, patiently };
}

const mu = /^\/mu/;
const once = (fault: FaultKind, path: RegExp = mu): FaultRule[] => [{ fault, path, count: 1 }];
const ids = async (): Promise<string[]> => {
  const all: string[] = [];
  for await (const { message } of local.network.schedule(process, { from: 1 })) all.push(message);
  return all;
};
const sign = (data = 'mine') => direct().signMessage(local.player, { target: process, tags: [], data });

const FAULTS: [string, FaultKind][] = [
  ['a dropped request', { kind: 'drop' }],
  ['a 429', { kind: 'status', status: 429 }],
  ['a 500', { kind: 'status', status: 500 }],
  ['a 503', { kind: 'status', status: 503 }],
  ['a reset', { kind: 'reset' }],
  ['a lost answer', { kind: 'lost-reply' }],
  ['an answer that never comes', { kind: 'lost-reply', silent: true }],
  ['a truncated answer', { kind: 'truncate' }],
  ['an HTML page as answer', { kind: 'wrong-body' }],
  ['JSON that is cut', { kind: 'wrong-body', body: '{"id":', contentType: 'application/json' }],
  ['an empty answer', { kind: 'wrong-body', body: '' }],
  ['a slow drip', { kind: 'drip', bytes: 40, everyMs: 1 }],
];
const LIE: [string, FaultKind] = ['JSON about another message', { kind: 'wrong-body', body: `{"id":"${'o'.repeat(43)}"}`, contentType: 'application/json' }];
const computed = (count: number) => ({ outcome: 'computed', slot: count - 1, output: { data: `count=${count}` } });

it.each([...FAULTS, LIE])('runs a message once, and knows its output, after %s', async (_, fault) => {
  const { network, patiently } = throughProxy();
  const mine = await network.signMessage(local.player, { target: process, tags: [], data: 'mine' });
  proxy.setRules(once(fault));
  posts = 0;
  expect(await patiently(network.send(mine))).toEqual(computed(2));
  // What was applied is found in the schedule, and not even offered again.
  expect(posts).toBe(['drop', 'status', 'reset'].includes(fault.kind) ? 2 : 1);
  // The same with an item that somebody else may have sent.
  const other = await sign();
  proxy.setRules(once(fault));
  expect(await patiently(network.send(other))).toEqual(computed(3));
  expect(await ids()).toEqual([mine.id, other.id]);
});

it.each(FAULTS)('does not take a message in the schedule for lost when the look at it meets %s', async (_, fault) => {
  const { network, patiently } = throughProxy();
  const item = await network.signMessage(local.player, { target: process, tags: [], data: 'mine' });
  for (const look of [/^\/su\//, /^\/cu\/result/]) {
    proxy.setRules([...once({ kind: 'lost-reply' }), ...once(fault, look)]);
    expect(await patiently(network.send(item))).toEqual(computed(2));
    expect(await patiently(network.send({ ...item }))).toEqual(computed(2));
  }
  expect(await ids()).toEqual([item.id]);
});

it.each([...FAULTS, LIE])('spawns a process once in spite of %s', async (_, fault) => {
  const { network, patiently } = throughProxy();
  const item = await network.signProcess(local.player, { module, tags: [], data: '1' });
  proxy.setRules(once(fault));
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

it.each([400, 401, 403, 404, 405, 413, 422])('never repeats what was answered with %i', async (status) => {
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
  const { network, slept } = throughProxy();
  const item = await network.signMessage(local.player, { target: process, tags: [], data: 'x' });
  proxy.setRules(once({ kind: 'status', status: 429, headers: { 'retry-after': '7' } }));
  await network.send(item);
  expect(slept).toEqual([7_000]);
  const date = new Date(Math.ceil(systemClock.now() / 1000) * 1000 + 30_000).toUTCString();
  proxy.setRules(once({ kind: 'status', status: 503, headers: { 'retry-after': date } }, /^\/cu/));
  await network.read(process, 'data');
  expect(slept[1]).toBeGreaterThan(20_000);
  expect(slept[1]).toBeLessThanOrEqual(31_000);
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
  const reason = new Error('enough');
  await expect(call(throughProxy().network, AbortSignal.abort(reason))).rejects.toBe(reason);
  for (const fault of [{ kind: 'drop' }, { kind: 'status', status: 503 }] as const) {
    proxy.setRules([{ fault }]);
    const before = proxy.counts()[fault.kind];
    const controller = new AbortController();
    const never: Clock = { now: () => 0, sleep: (_ms, signal) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })) };
    const outcome = expect(call(legacynet(proxy.url, never), controller.signal)).rejects.toBe(reason);
    while (proxy.counts()[fault.kind] === before) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort(reason);
    await outcome;
    proxy.setRules([]);
  }
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
