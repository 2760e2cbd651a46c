import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { createStack, type WebhookEvent } from '@beamline/stack';
import { shelve } from './cli-game/shelve.ts';

const root = fileURLToPath(new URL('cli-game', import.meta.url));

it('tells a server of a real deployment, signed and without its secret; a dead one changes nothing', async () => {
  const state = await mkdtemp(join(tmpdir(), 'webhook-'));
  const received: { event: WebhookEvent; genuine: boolean; body: string }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ event: JSON.parse(body), body, genuine: request.headers['x-beamline-signature'] === `sha256=${createHmac('sha256', 'hush').update(body).digest('hex')}` });
      response.end();
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const release = await shelve(state, 'v1');
  const open = (webhook: { url: string; secret: 'env:HOOK' }) => createStack({
    game: 'scores', version: '1.0.0', roles: { board: { entry: 'v1.ts' } }, environments: { local: { network: { kind: 'local' }, bakeMs: 50, sampleMs: 100, webhook } },
  }, { root, state, env: { HOOK: 'hush' } });
  try {
    const stack = open({ url, secret: 'env:HOOK' });
    const local = stack.environment('local');
    expect(await local.deploy(await local.plan(release))).toMatchObject({ outcome: 'complete' });
    await stack.close();
    expect(received.every(({ genuine, body }) => genuine && !body.includes('hush'))).toBe(true);
    expect(received.map(({ event }) => event.event === 'step' ? event.step : event.event)).toEqual([
      'started', 'publishing', 'spawning', 'introducing', 'restoring', 'catching-up', 'checking', 'fencing', 'transferring', 'activating',
      'handing-over', 'routing', 'linking', 'reconciling', 'proving', 'retiring', 'ended',
    ]);
    expect(received.at(-1)!.event).toMatchObject({ game: 'scores', environment: 'local', state: 'complete', to: release, release: '1.0.0' });

    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    const again = open({ url, secret: 'env:HOOK' });
    const same = again.environment('local');
    expect(await same.deploy(await same.plan(release))).toMatchObject({ outcome: 'complete' });
    await again.close();
  } finally {
    server.close();
    await rm(state, { recursive: true });
  }
}, 120_000);
