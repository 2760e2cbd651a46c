import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Fault } from '@beamline/core';
import type { TimelineEvent } from '@beamline/stack';
import { createManualClock, type ManualClock } from '@beamline/core/testing';
import { createOrchestrator, type Orchestrator } from '../src/index.ts';
import { createSampleEnvironment, instance, type SampleEnvironment } from './sample-environment.ts';

let clock: ManualClock;
let environment: SampleEnvironment;
let server: Orchestrator;
beforeEach(async () => {
  clock = createManualClock(1_000);
  environment = createSampleEnvironment(clock);
  server = await createOrchestrator({ environment, clock, port: 0, dashboard: false });
});
afterEach(() => server.close());

const get = async (path: string) => {
  const response = await fetch(`${server.url}${path}`);
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() };
};

it('tells the environment’s status, instances, deployments, snapshots, rates', async () => {
  expect(await get('/api/status')).toMatchObject({ status: 200, body: { game: 'arena', environment: 'local', health: 'healthy' } });
  expect((await get('/api/instances')).body).toHaveLength(4);
  expect(await get('/api/deployments')).toMatchObject({ status: 200, body: [] });
  expect(await get('/api/snapshots')).toMatchObject({ status: 200, body: [] });
  expect((await get('/api/rates')).body).toEqual(environment.history);
});

it('tells the sizes of what runs, and null where nothing does', async () => {
  expect(await get('/api/sizes')).toMatchObject({ status: 200, type: expect.stringContaining('application/json'), body: null });
  environment.sizesSeen = { release: environment.release, roles: [{ role: 'world', bytes: 900, gzipBytes: 300, modules: [{ path: 'src/move.ts', origin: 'game', bytes: 400 }] }] };
  expect((await get('/api/sizes')).body).toEqual(environment.sizesSeen);
});

it('tells the timeline once where an error came from', async () => {
  await get('/api/status');
  environment.traced = { slot: 12, action: 'Move', error: 'Move: kernel/action-failed: attempt to index a nil value', stack: [{ file: 'src/move.ts', line: 7, column: 3 }] };
  environment.instances[0] = instance('world-0', { errors: 1, lastError: environment.traced.error });
  const told = new Promise<TimelineEvent>((resolve) => environment.events.subscribe(resolve));
  await clock.advance(1_000);
  expect(await told).toMatchObject({ kind: 'note', level: 'warning', text: 'world-0 failed in slot 12 (Move): Move: kernel/action-failed: attempt to index a nil value, at src/move.ts:7' });
  await clock.advance(3_000);
  expect(environment.events.list()).toHaveLength(1);
});

it('looks at the environment once, however many ask', async () => {
  await Promise.all(Array.from({ length: 5 }, () => get('/api/status')));
  expect(environment.history).toHaveLength(1);
});

it('lists the timeline after an id', async () => {
  const first = environment.events.publish({ kind: 'note', level: 'info', text: 'a' });
  environment.events.publish({ kind: 'note', level: 'info', text: 'b' });
  expect((await get(`/api/timeline?after=${first.id}`)).body).toMatchObject([{ text: 'b' }]);
});

it.each(['/api/timeline?after=x', '/api/timeline?afetr=1', '/api/status?x=1'])('refuses %s by code', async (path) => {
  expect(await get(path)).toMatchObject({ status: 400, body: { code: 'orchestrator/bad-request' } });
});

it('serves Prometheus text under its content type', async () => {
  const response = await fetch(`${server.url}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await response.text()).toContain('# TYPE up gauge');
});

it('describes every path it serves', async () => {
  const body = (await get('/openapi.json')).body as { openapi: string; paths: object };
  expect(body.openapi).toBe('3.1.0');
  for (const path of Object.keys(body.paths).filter((each) => each !== '/api/events')) {
    expect([path, (await fetch(`${server.url}${path}`)).status]).toEqual([path, 200]);
  }
});

it('answers unknown paths as JSON that says where to look', async () => {
  expect(await get('/api/nothing')).toMatchObject({ status: 404, body: { code: 'orchestrator/not-found', hint: expect.stringContaining('/openapi.json') } });
});

it('passes on why the environment cannot be read, and recovers', async () => {
  await server.close();
  environment.failure = new Fault('ao/unreachable', 'node away', { retryable: true, hint: 'Start it.' });
  server = await createOrchestrator({ environment, clock, port: 0, dashboard: false });
  expect(await get('/api/status')).toMatchObject({ status: 503, body: { code: 'ao/unreachable', message: 'node away', hint: 'Start it.' } });
  environment.failure = undefined;
  expect((await get('/api/status')).status).toBe(200);
});

it('keeps what is our own mistake to itself', async () => {
  environment.prometheusText = async () => { throw new Error('secret detail'); };
  const answer = await get('/metrics');
  expect(answer).toMatchObject({ status: 500, body: { code: 'orchestrator/failed' } });
  expect(JSON.stringify(answer.body)).not.toContain('secret detail');
});
