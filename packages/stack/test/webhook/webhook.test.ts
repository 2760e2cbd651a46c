import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from '@jest/globals';
import { Fault, systemClock } from '@beamline/core';
import { validateConfig } from '../../src/validate-config.ts';
import { createWebhook, type WebhookEvent, type WebhookOptions } from '../../src/webhook/webhook.ts';

interface Received { event: WebhookEvent; body: string; headers: IncomingMessage['headers'] }

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map(end)));

async function end(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
}

/** A server that answers as told, and what it was told. */
async function listen(answer: (n: number, response: ServerResponse) => void = (_, response) => response.writeHead(204).end()): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const listening = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ event: JSON.parse(body), body, headers: request.headers });
      answer(received.length, response);
    });
  });
  servers.push(listening);
  await new Promise<void>((ready) => listening.listen(0, '127.0.0.1', ready));
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}/hook?token=in-the-url`, received };
}

const lost: string[] = [];
const open = (url: string, more: Partial<WebhookOptions> = {}) => {
  lost.length = 0;
  return createWebhook({ url, game: 'arena', environment: 'live', clock: systemClock, onLost: (reason) => lost.push(reason), waitMs: 1, timeoutMs: 500, ...more });
};
const deployment = { kind: 'deployment', deployment: 'd1', from: 'a', to: 'b', version: '2.0.0', strategy: 'blue-green' } as const;
const step = { kind: 'step', deployment: 'd1' } as const;

it('tells of start, steps and end, in order, each body signed', async () => {
  const { url, received } = await listen();
  const hook = open(url, { secret: async () => 's3cret' });
  hook.tell({ ...deployment, state: 'running' });
  hook.tell({ ...step, step: 'fencing', state: 'started' });
  hook.tell({ ...step, step: 'fencing', state: 'progress', detail: 'slot 3' });
  hook.tell({ ...step, step: 'fencing', state: 'done', ms: 22 });
  hook.tell({ kind: 'note', level: 'info', text: 'hello' });
  hook.tell({ ...step, step: 'proving', state: 'failed', reverse: true, detail: 'no' });
  hook.tell({ ...deployment, state: 'rolled-back', ms: 900, detail: 'no' });
  await hook.close(5_000);
  expect(received.map(({ event }) => event)).toEqual([
    { version: 1, id: expect.stringMatching(/^d1-\d+-1$/), game: 'arena', environment: 'live', at: expect.any(Number), deployment: 'd1', event: 'started', from: 'a', to: 'b', release: '2.0.0', strategy: 'blue-green' },
    expect.objectContaining({ event: 'step', step: 'fencing', state: 'done', ms: 22 }),
    expect.objectContaining({ event: 'step', step: 'proving', state: 'failed', reverse: true, detail: 'no' }),
    expect.objectContaining({ event: 'ended', state: 'rolled-back', ms: 900, detail: 'no' }),
  ]);
  for (const { body, headers, event } of received) {
    expect(headers['x-beamline-signature']).toBe(`sha256=${createHmac('sha256', 's3cret').update(body).digest('hex')}`);
    expect(headers['x-beamline-delivery']).toBe(event.id);
    expect(body).not.toContain('s3cret');
  }
  expect(new Set(received.map(({ event }) => event.id)).size).toBe(4);
  expect(lost).toEqual([]);
});

it('tries again with the same bytes, and gives up after so many', async () => {
  const { url, received } = await listen((n, response) => response.writeHead(n < 3 ? 503 : 200).end());
  const hook = open(url);
  hook.tell({ ...deployment, state: 'running' });
  await hook.close(5_000);
  expect(received).toHaveLength(3);
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  expect(received[0]!.headers['x-beamline-signature']).toBeUndefined();

  const down = await listen((_, response) => response.writeHead(500).end());
  const gone = open(down.url);
  gone.tell({ ...deployment, state: 'running' });
  for (let n = 0; n < 20; n += 1) gone.tell({ ...step, step: `s${n}`, state: 'done' });
  gone.tell({ ...deployment, state: 'complete' });
  await gone.close(5_000);
  expect(down.received.map(({ event }) => event.event)).toEqual(['started', 'started', 'started', 'ended', 'ended', 'ended']);
  expect(lost).toEqual(['started of d1 and 20 steps not taken: status 500', 'ended of d1 not taken: status 500']);
});

it('follows no redirect, names no address, and sends nothing unsigned when the secret is missing', async () => {
  const elsewhere = await listen();
  const { url, received } = await listen((_, response) => response.writeHead(307, { location: elsewhere.url }).end());
  const hook = open(url, { tries: 1 });
  hook.tell({ ...deployment, state: 'running' });
  await hook.close(5_000);
  expect([received.length, elsewhere.received.length]).toEqual([1, 0]);
  const { url: free } = await listen();
  await end(servers.at(-1)!);
  const nobody = open(free, { tries: 1 });
  nobody.tell({ ...deployment, state: 'running' });
  await nobody.close(5_000);
  expect(lost).toEqual(['started of d1 not taken: ECONNREFUSED']);
  const unsigned = open(url, { secret: () => Promise.reject(new Fault('stack/no-secret', 'there is no secret at env:HOOK')) });
  unsigned.tell({ ...deployment, state: 'running' });
  await unsigned.close(5_000);
  expect(received).toHaveLength(1);
  expect(lost).toEqual(['started of d1 not taken: stack/no-secret: there is no secret at env:HOOK']);
});

it('keeps nobody waiting for a server that never answers', async () => {
  const { url, received } = await listen(() => undefined);
  const hook = open(url, { timeoutMs: 60_000 });
  hook.tell({ ...deployment, state: 'running' });
  await hook.close(50);
  hook.tell({ ...deployment, state: 'complete' });
  expect(received.length).toBeLessThanOrEqual(1);
  expect(lost).toEqual(['started of d1 not taken: AbortError']);
});

it('is configured by reference', () => {
  const config = (webhook: object) => ({ game: 'g', version: '1', roles: { r: { entry: 'r.ts' } }, environments: { live: { network: { kind: 'local' }, webhook } } });
  expect(() => validateConfig(config({ url: 'https://hooks.example/x', secret: 'env:HOOK' }))).not.toThrow();
  expect(() => validateConfig(config({ url: 'ftp://x' }))).toThrow('environments.live.webhook.url: must be a URL');
  expect(() => validateConfig(config({ url: 'https://hooks.example/x', secret: 'hunter2' }))).toThrow('environments.live.webhook.secret: must be a reference');
});
