import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createManualClock, type ManualClock } from '@beamline/core/testing';
import { createOrchestrator, type Orchestrator } from '../src/index.ts';
import { readStream } from './read-stream.ts';
import { createSampleEnvironment, type SampleEnvironment } from './sample-environment.ts';

let clock: ManualClock;
let environment: SampleEnvironment;
let server: Orchestrator;
beforeEach(async () => {
  clock = createManualClock(1_000);
  environment = createSampleEnvironment(clock);
  server = await createOrchestrator({ environment, clock, port: 0, dashboard: false, intervalMs: 1_000 });
});
afterEach(() => server.close());

const publish = (text: string) => environment.events.publish({ kind: 'note', level: 'info', text });
const open = (headers = {}) => readStream(`${server.url}/api/events`, headers);

it('begins with what happened lately and goes on as it happens', async () => {
  publish('before');
  const stream = await open();
  expect(await stream.next('timeline')).toMatchObject({ data: { text: 'before' } });
  const event = publish('after');
  expect(await stream.next('timeline')).toEqual({ event: 'timeline', id: String(event.id), data: event });
  stream.close();
});

it('resumes after the last id a reader has seen', async () => {
  const [first] = [publish('a'), publish('b'), publish('c')];
  const stream = await open({ 'last-event-id': String(first.id) });
  expect(await stream.next('timeline')).toMatchObject({ data: { text: 'b' } });
  expect(await stream.next('timeline')).toMatchObject({ data: { text: 'c' } });
  stream.close();
});

it('tells the status at once and after every look', async () => {
  const stream = await open();
  expect(await stream.next('status')).toMatchObject({ data: { report: { game: 'arena' } } });
  environment.instances[0] = { ...environment.instances[0]!, messagesPerSecond: 42 };
  await clock.advance(1_000);
  expect(await stream.next('status')).toMatchObject({ data: { report: { at: 2_000 }, rate: { byInstance: { 'world-0': 42 } } } });
  stream.close();
});

it('tells readers when the environment cannot be looked at, and goes on looking', async () => {
  const stream = await open();
  await stream.next('status');
  environment.failure = new Error('node away');
  await clock.advance(1_000);
  expect(await stream.next('problem')).toMatchObject({ data: { problem: expect.stringContaining('node away') } });
  environment.failure = undefined;
  await clock.advance(1_000);
  expect(await stream.next('status')).toMatchObject({ data: { report: { at: 3_000 } } });
  stream.close();
});

it('ends open streams when it closes', async () => {
  const stream = await open();
  await stream.next('status');
  await server.close();
  expect(await stream.next('timeline')).toBeUndefined();
});
