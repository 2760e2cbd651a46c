import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createSecureServer, createServer, type Http2SecureServer, type Http2Server, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { systemClock } from '@beamline/core';
import { createManualClock } from '@beamline/core/testing';
import { createHyperbeam } from '@beamline/ao';
import { describeAoNetwork } from '../src/testing.ts';
import { openLocal, type OpenLocal } from './open-local.ts';

let local: OpenLocal;
let cleartext: Http2Server;
let secure: Http2SecureServer;
let ca: string;
let isSilent = false;
const versions = new Set<string>();

/** HTTP/2 in front of the local network. */
async function bridge(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
  versions.add(request.httpVersion);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (isSilent) return;
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !name.startsWith(':') && name !== 'content-length')) as Record<string, string>;
  const answer = await fetch(local.server.url + request.url, { method: request.method, headers, ...(request.method === 'POST' ? { body: Buffer.concat(chunks) } : {}) }).catch(() => undefined);
  if (!answer) return void response.stream.close(2);
  const own = Object.fromEntries([...answer.headers].filter(([name]) => !['connection', 'keep-alive', 'transfer-encoding'].includes(name)));
  response.writeHead(answer.status, own);
  response.end(Buffer.from(await answer.arrayBuffer()));
}

beforeAll(async () => {
  local = await openLocal();
  const folder = mkdtempSync(join(tmpdir(), 'beamline-h2-'));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')], { stdio: 'ignore' });
  ca = readFileSync(join(folder, 'cert.pem'), 'utf8');
  const answer = (request: Http2ServerRequest, response: Http2ServerResponse) => void bridge(request, response).catch(() => response.stream.destroy());
  cleartext = createServer(answer);
  secure = createSecureServer({ key: readFileSync(join(folder, 'key.pem')), cert: ca }, answer);
  rmSync(folder, { recursive: true });
  for (const server of [cleartext, secure]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  for (const server of [cleartext, secure]) server.close();
  await local.dispose();
});
const portOf = (server: Http2Server | Http2SecureServer) => (server.address() as AddressInfo).port;

describeAoNetwork('HyperBEAM client over cleartext HTTP/2', async () => ({
  network: createHyperbeam({ url: `http://127.0.0.1:${portOf(cleartext)}`, clock: systemClock, protocol: 'h2', retries: 1 }),
  operator: local.operator, player: local.player, dispose: async () => undefined,
}));

it.each(['localhost', '127.0.0.1'])('takes HTTP/2 from an https node that offers nothing else, at %s', async (host) => {
  versions.clear();
  const network = createHyperbeam({ url: `https://${host}:${portOf(secure)}`, clock: systemClock, ca });
  const process = await local.spawn();
  expect(await network.send(await network.signMessage(local.player, { target: process, tags: [], data: '' }))).toMatchObject({ slot: 1 });
  expect([...versions]).toEqual(['2.0']);
});

it('does not trust a certificate that nobody vouched for', async () => {
  const network = createHyperbeam({ url: `https://127.0.0.1:${portOf(secure)}`, clock: systemClock, retries: 0 });
  await expect(network.node()).rejects.toMatchObject({ code: 'ao/unreachable', message: expect.stringContaining('SELF_SIGNED') });
});

it('opens a new connection after the old one was lost', async () => {
  const network = createHyperbeam({ url: `http://127.0.0.1:${portOf(cleartext)}`, clock: systemClock, protocol: 'h2' });
  const sessions = new Set<{ destroy(): void }>();
  cleartext.on('session', (session) => sessions.add(session));
  await network.resolve('nobody');
  for (const session of sessions) session.destroy();
  expect(await network.resolve('nobody')).toBeUndefined();
  expect(sessions.size).toBe(2);
});

it('gives up in time, and when its caller does', async () => {
  isSilent = true;
  try {
    const clock = createManualClock();
    const network = createHyperbeam({ url: `http://127.0.0.1:${portOf(cleartext)}`, clock, protocol: 'h2', retries: 0, timeoutMs: 5_000 });
    const outcome = expect(network.resolve('nobody')).rejects.toMatchObject({ code: 'ao/unreachable', details: { reason: 'timeout' } });
    await clock.advance(5_000);
    await outcome;
    const controller = new AbortController();
    const aborted = expect(network.resolve('nobody', controller.signal)).rejects.toThrow('enough');
    controller.abort(new Error('enough'));
    await aborted;
  } finally {
    isSilent = false;
  }
});

it('says that nobody is there', async () => {
  const network = createHyperbeam({ url: 'http://127.0.0.1:1', clock: systemClock, protocol: 'h2', retries: 0 });
  await expect(network.resolve('nobody')).rejects.toMatchObject({ code: 'ao/unreachable', details: { reason: 'network' } });
});
