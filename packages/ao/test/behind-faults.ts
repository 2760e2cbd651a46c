import { expect } from '@jest/globals';
import { systemClock, type Clock, type ProcessId } from '@beamline/core';
import { createFaultProxy, type FaultKind, type FaultProxy, type FaultRule } from '../src/fault-proxy/index.ts';
import { openLocal, type OpenLocal } from './open-local.ts';

/** Of the clients behind the proxy: what sleeps for so long waits for an answer. */
export const TIMEOUT_MS = 60_000;

export interface BehindFaults {
  local: OpenLocal;
  proxy: FaultProxy;
  /** Waits for what was asked through the proxy: requests that it leaves without an answer time out on this clock. */
  patiently<T>(asked: Promise<T>, clock: ExpiringClock, process: ProcessId): Promise<T>;
  /** Ids of the messages in the schedule of a process, in order. */
  messages(process: ProcessId): Promise<string[]>;
  close(): Promise<void>;
}

/** A local network, and a proxy before it that breaks what it is told to. */
export async function openBehindFaults(): Promise<BehindFaults> {
  const local = await openLocal();
  const proxy = await createFaultProxy({ target: local.server.url, clock: systemClock, seed: 7 });
  const silent = () => proxy.counts().drop + proxy.counts()['lost-reply'];
  return {
    local,
    proxy,
    async patiently(asked, clock, process) {
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
        clock.expire();
      }
      return settled;
    },
    async messages(process) {
      const all: string[] = [];
      for await (const { message } of local.network.schedule(process, { from: 1 })) all.push(message);
      return all;
    },
    async close() {
      await proxy.close();
      await local.dispose();
    },
  };
}

export interface ExpiringClock extends Clock {
  slept: number[];
  expire(): void;
}

/** Pauses pass at once and are written down; a request times out when `expire` is called. */
export function expiringClock(): ExpiringClock {
  const slept: number[] = [];
  let waiting: (() => void)[] = [];
  return {
    slept,
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
    expire: () => waiting.forEach((wake) => wake()),
  };
}

export const once = (fault: FaultKind, path: RegExp): FaultRule[] => [{ fault, path, count: 1 }];

/** What may become of one request, by what a person would call it. @param cut the beginning of an answer in JSON */
export const faults = (cut: string): [string, FaultKind][] => [
  ['a dropped request', { kind: 'drop' }],
  ['a 429', { kind: 'status', status: 429 }],
  ['a 500', { kind: 'status', status: 500 }],
  ['a 503', { kind: 'status', status: 503 }],
  ['a reset', { kind: 'reset' }],
  ['a lost answer', { kind: 'lost-reply' }],
  ['an answer that never comes', { kind: 'lost-reply', silent: true }],
  ['a truncated answer', { kind: 'truncate' }],
  ['an HTML page as answer', { kind: 'wrong-body' }],
  ['JSON that is cut', { kind: 'wrong-body', body: cut, contentType: 'application/json' }],
  ['an empty answer', { kind: 'wrong-body', body: '' }],
  ['a slow drip', { kind: 'drip', bytes: 40, everyMs: 1 }],
];

/** Statuses that say the request itself is wrong. */
export const FINAL_STATUSES = [400, 401, 403, 404, 405, 413, 422];

/** A call ends with its signal: before it asks, while it waits for an answer, and while it waits to ask again. */
export async function expectAbortable<N>(proxy: FaultProxy, call: (network: N, signal: AbortSignal) => Promise<unknown>, connect: (clock: Clock) => N): Promise<void> {
  const reason = new Error('enough');
  await expect(call(connect(expiringClock()), AbortSignal.abort(reason))).rejects.toBe(reason);
  for (const fault of [{ kind: 'drop' }, { kind: 'status', status: 503 }] as const) {
    proxy.setRules([{ fault }]);
    const before = proxy.counts()[fault.kind];
    const controller = new AbortController();
    const never: Clock = { now: () => 0, sleep: (_ms, signal) => new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })) };
    const outcome = expect(call(connect(never), controller.signal)).rejects.toBe(reason);
    while (proxy.counts()[fault.kind] === before) await new Promise((resolve) => setTimeout(resolve, 1));
    controller.abort(reason);
    await outcome;
    proxy.setRules([]);
  }
}

/** A client comes back when it was told to: in seconds, or at a date. */
export async function expectObedient(proxy: FaultProxy, clock: ExpiringClock, asks: readonly [path: RegExp, ask: () => Promise<unknown>][]): Promise<void> {
  const [[firstPath, first], [secondPath, second]] = [asks[0]!, asks.at(-1)!];
  proxy.setRules(once({ kind: 'status', status: 429, headers: { 'retry-after': '7' } }, firstPath));
  await first();
  expect(clock.slept).toEqual([7_000]);
  const date = new Date(Math.ceil(systemClock.now() / 1000) * 1000 + 30_000).toUTCString();
  proxy.setRules(once({ kind: 'status', status: 503, headers: { 'retry-after': date } }, secondPath));
  await second();
  expect(clock.slept[1]).toBeGreaterThan(20_000);
  expect(clock.slept[1]).toBeLessThanOrEqual(31_000);
}
