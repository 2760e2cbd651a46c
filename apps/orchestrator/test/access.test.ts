import { request } from 'node:http';
import { expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';
import { createOrchestrator, type OrchestratorOptions } from '../src/index.ts';
import { createSampleEnvironment } from './sample-environment.ts';

const options = (changes: Partial<OrchestratorOptions> = {}): OrchestratorOptions => {
  const clock = createManualClock();
  return { environment: createSampleEnvironment(clock), clock, port: 0, dashboard: false, ...changes };
};
async function serving(changes: Partial<OrchestratorOptions>, use: (url: string) => Promise<void>): Promise<void> {
  const server = await createOrchestrator(options(changes));
  await use(server.url).finally(() => server.close());
}
const statusOf = async (url: string, headers: Record<string, string> = {}): Promise<number> => (await fetch(url, { headers })).status;

/** `fetch` sets the host header itself, so this one is spoken by hand. */
const statusUnderName = (url: string, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (response) => { response.resume(); resolve(response.statusCode ?? 0); }).on('error', reject).end();
  });

it('refuses to listen beyond loopback without a token, before it opens a port', async () => {
  await expect(createOrchestrator(options({ host: '0.0.0.0' }))).rejects.toMatchObject({ code: 'orchestrator/token-required', hint: expect.stringContaining('serve.token') });
});

it('listens beyond loopback with a token', async () => {
  await serving({ host: '0.0.0.0', token: 'secret' }, async (url) => expect(await statusOf(`${url}/api/status`)).toBe(401));
});

it('asks for the token on every path but the page', async () => {
  await serving({ token: 'secret' }, async (url) => {
    for (const path of ['/api/status', '/api/events', '/metrics', '/openapi.json', '/%61pi/status']) {
      expect([path, await statusOf(url + path)]).toEqual([path, 401]);
      expect([path, await statusOf(url + path, { authorization: 'Bearer wrong' })]).toEqual([path, 401]);
    }
    expect(await statusOf(`${url}/api/status`, { authorization: 'Bearer secret' })).toBe(200);
  });
});

it('answers to loopback names only, so that a web page elsewhere cannot read it', async () => {
  await serving({}, async (url) => {
    expect(await statusUnderName(`${url}/api/status`, 'evil.example')).toBe(403);
    expect(await statusUnderName(`${url}/api/status`, 'localhost:7700')).toBe(200);
    expect(await statusUnderName(`${url}/api/status`, '127.0.0.1')).toBe(200);
  });
});

it('says by code that its port is taken', async () => {
  await serving({}, async (url) => {
    await expect(createOrchestrator(options({ port: Number(new URL(url).port) }))).rejects.toMatchObject({ code: 'orchestrator/port-taken', hint: expect.stringContaining('--port') });
  });
});
