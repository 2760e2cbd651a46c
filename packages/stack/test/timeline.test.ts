import { appendFileSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';
import { createFileTimeline } from '../src/timeline/file-timeline.ts';
import { createMemoryTimeline } from '../src/timeline/memory-timeline.ts';
import { describeTimeline, note, texts } from './describe-timeline.ts';

const root = mkdtempSync(join(tmpdir(), 'timeline-'));
afterAll(() => rm(root, { recursive: true }));
let files = 0;
const freshPath = () => join(root, `${files += 1}`, 'events.jsonl');

describeTimeline('memory', (clock) => createMemoryTimeline({ clock }));
describeTimeline('file', (clock) => createFileTimeline({ path: freshPath(), clock }));

it('shows what another program wrote to the same file, with the same ids', async () => {
  const path = freshPath();
  const clock = createManualClock();
  const [deploy, serve] = [createFileTimeline({ path, clock }), createFileTimeline({ path, clock })];
  const heard: string[] = [];
  serve.subscribe((event) => heard.push(...texts([event])));
  const event = deploy.publish(note('deployed'));
  await clock.advance(250);
  expect(heard).toEqual(['deployed']);
  expect(serve.list()).toEqual([event]);
  deploy.close();
  serve.close();
});

it('keeps ids over a restart', () => {
  const path = freshPath();
  const clock = createManualClock();
  const before = createFileTimeline({ path, clock });
  const event = before.publish(note('a'));
  before.close();
  const after = createFileTimeline({ path, clock });
  expect(after.list()).toEqual([event]);
  expect(after.publish(note('b')).id).toBeGreaterThan(event.id);
  after.close();
});

it('skips a line that a crash tore, and only that one', () => {
  const path = freshPath();
  const clock = createManualClock();
  const before = createFileTimeline({ path, clock });
  before.publish(note('whole'));
  before.close();
  appendFileSync(path, '{"kind":"note","level":"inf');
  const after = createFileTimeline({ path, clock });
  after.publish(note('next'));
  expect(texts(after.list())).toEqual(['whole', 'next']);
  after.close();
});
