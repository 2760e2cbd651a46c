import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createManualClock, type ManualClock } from '@beamline/core/testing';
import { createFaultProxy, type FaultKind, type FaultProxy, type FaultRule } from '../src/fault-proxy/index.ts';

let backend: Server;
let proxy: FaultProxy;
let clock: ManualClock;
let heard: string[];
const BODY = 'x'.repeat(1000);

beforeEach(async () => {
  heard = [];
  clock = createManualClock();
  backend = createServer((message, response) => {
    let body = '';
    message.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => {
      heard.push(`${message.method} ${message.url} ${body}`.trim());
      if (message.url === '/broken') return void response.socket?.end('HTTP/1.1 500 X\r\nbad: a\nb\r\n\r\n');
      response.writeHead(message.url === '/missing' ? 404 : 200, { 'x-slot': '7' }).end(BODY);
    });
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  proxy = await createFaultProxy({ target: urlOf(backend), clock });
});
afterEach(async () => {
  await proxy.close();
  backend.closeAllConnections();
  await new Promise((resolve) => backend.close(resolve));
});

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const always = (fault: FaultKind): FaultRule[] => [{ fault, path: /faulty/ }];
const get = (path: string, signal?: AbortSignal) => fetch(proxy.url + path, signal ? { signal } : {});
const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
};

it('passes on what no rule matches, exactly', async () => {
  proxy.setRules(always({ kind: 'reset' }));
  const response = await fetch(`${proxy.url}/a/b?c=d`, { method: 'POST', body: 'hello' });
  expect([response.status, response.headers.get('x-slot'), await response.text()]).toEqual([200, '7', BODY]);
  expect((await get('/missing')).status).toBe(404);
  expect(heard).toEqual(['POST /a/b?c=d hello', 'GET /missing']);
  expect(proxy.counts()).toMatchObject({ requests: 2, forwarded: 2, reset: 0 });
});

it.each<[string, FaultKind, heard: number]>([
  ['reset', { kind: 'reset' }, 0],
  ['lost-reply', { kind: 'lost-reply' }, 1],
  ['truncate', { kind: 'truncate' }, 1],
])('breaks the connection: %s', async (kind, fault, times) => {
  proxy.setRules(always(fault));
  await expect(get('/faulty').then((response) => response.text())).rejects.toThrow();
  expect(heard).toHaveLength(times);
  expect(proxy.counts()).toMatchObject({ [kind]: 1, forwarded: times });
});

it.each<[string, FaultKind, heard: number]>([
  ['drop', { kind: 'drop' }, 0],
  ['lost-reply', { kind: 'lost-reply', silent: true }, 1],
])('never answers: %s', async (kind, fault, times) => {
  proxy.setRules(always(fault));
  const leave = new AbortController();
  const asked = get('/faulty', leave.signal);
  const outcome = expect(asked).rejects.toThrow('left');
  await until(() => proxy.counts()[kind as 'drop'] === 1 && heard.length === times);
  leave.abort(new Error('left'));
  await outcome;
});

it('answers with a status of its own', async () => {
  proxy.setRules(always({ kind: 'status', status: 429, headers: { 'retry-after': '3' } }));
  const response = await get('/faulty');
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '3']);
  expect(heard).toEqual([]);
});

it('answers with another body after the request was applied', async () => {
  proxy.setRules(always({ kind: 'wrong-body' }));
  const response = await get('/faulty');
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('<!DOCTYPE html>')]);
  expect(heard).toHaveLength(1);
});

it('applies a request twice', async () => {
  proxy.setRules(always({ kind: 'duplicate' }));
  expect((await get('/faulty')).status).toBe(200);
  expect(heard).toHaveLength(2);
});

it('delays by the clock', async () => {
  proxy.setRules(always({ kind: 'delay', ms: 5_000 }));
  const asked = get('/faulty');
  await until(() => proxy.counts().delay === 1);
  await clock.advance(4_999);
  expect(heard).toEqual([]);
  await clock.advance(1);
  expect((await asked).status).toBe(200);
});

it('lets the next request overtake, or gives up waiting for one', async () => {
  proxy.setRules(always({ kind: 'reorder', withinMs: 1_000 }));
  const slow = get('/faulty');
  await until(() => proxy.counts().reorder === 1);
  await Promise.all([get('/next'), slow]);
  expect(heard).toEqual(['GET /next', 'GET /faulty']);
  const alone = get('/faulty');
  await until(() => proxy.counts().reorder === 2);
  await clock.advance(1_000);
  expect((await alone).status).toBe(200);
});

it('drips an answer, complete in the end', async () => {
  proxy.setRules(always({ kind: 'drip', bytes: 300, everyMs: 10 }));
  let text: string | undefined;
  void get('/faulty').then(async (response) => (text = await response.text()));
  await until(() => proxy.counts().drip === 1);
  while (text === undefined) {
    await clock.advance(10);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(text).toBe(BODY);
});

it('cuts everything off while there is a partition, and heals', async () => {
  proxy.partition(true);
  await expect(get('/a')).rejects.toThrow();
  expect(heard).toEqual([]);
  proxy.partition(false);
  expect((await get('/a')).status).toBe(200);
  expect(proxy.counts()).toMatchObject({ partition: 1 });
});

it('leaves a broken answer broken', async () => {
  await expect(get('/broken')).rejects.toMatchObject({ cause: expect.anything() });
});

it('fails by count and position', async () => {
  proxy.setRules([{ fault: { kind: 'status', status: 500 }, method: 'GET', after: 1, count: 2 }]);
  const statuses: number[] = [];
  for (let i = 0; i < 5; i++) statuses.push((await get('/a')).status);
  expect(statuses).toEqual([200, 500, 500, 200, 200]);
  expect((await fetch(`${proxy.url}/a`, { method: 'POST' })).status).toBe(200);
});

it('decides the same for the same seed, and about as often as told', async () => {
  const rules: FaultRule[] = [{ fault: { kind: 'status', status: 500 }, probability: 0.25 }, { fault: { kind: 'status', status: 503 }, probability: 0.1 }];
  const run = async () => {
    proxy.setRules(rules);
    const statuses: number[] = [];
    for (let i = 0; i < 200; i++) statuses.push((await get('/a')).status);
    return statuses;
  };
  const first = await run();
  expect(await run()).toEqual(first);
  expect(first.filter((status) => status === 500).length).toBeGreaterThan(30);
  expect(first.filter((status) => status === 500).length).toBeLessThan(75);
  expect(first).toContain(503);
});

it('refuses a target that is no http address', async () => {
  await expect(createFaultProxy({ target: 'node:8734', clock })).rejects.toMatchObject({ code: 'ao/bad-url' });
});
