import { expect, it } from '@jest/globals';
import { createTimelineFeed } from '../src/index.ts';
import type { TimelineEvent } from '../src/index.ts';
import { createRunner, createSmallGame, v1 } from './small-game.ts';

const event = (step: string): TimelineEvent => ({ at: 1, deployment: 'd', step, direction: 'forward', state: 'started' });

it('gives every follower every event, in order, until it stops listening', async () => {
  const feed = createTimelineFeed();
  const stop = new AbortController();
  const seen: string[][] = [[], []];
  const following = seen.map(async (steps) => {
    for await (const { step } of feed.follow(stop.signal)) {
      steps.push(step);
      if (step === 'last') break;
    }
  });
  for (const step of ['first', 'second', 'last']) feed.listener(event(step));
  await Promise.all(following);
  expect(seen).toEqual([['first', 'second', 'last'], ['first', 'second', 'last']]);
});

it('ends when its signal is aborted', async () => {
  const feed = createTimelineFeed();
  const stop = new AbortController();
  const following = (async () => {
    for await (const _ of feed.follow(stop.signal)) stop.abort();
  })();
  feed.listener(event('only'));
  await following;
});

it('tells of every phase with its start, its end and how long it took', async () => {
  const events: TimelineEvent[] = [];
  const game = createSmallGame({ onEvent: (told) => events.push(told) });
  await createRunner(game.options).run(await game.plan(v1));
  const phases = events.filter(({ instance }) => instance === undefined);
  expect(phases.map(({ step, state }) => `${step} ${state}`).slice(0, 4)).toEqual([
    'publishing started', 'publishing done', 'spawning started', 'spawning done',
  ]);
  expect(phases.filter(({ state }) => state === 'done').every(({ ms }) => ms! > 0)).toBe(true);
  expect(events).toContainEqual(expect.objectContaining({ step: 'activating', instance: 'world-0', state: 'done' }));
});

it('is not stopped by a listener that throws', async () => {
  const game = createSmallGame({ onEvent: () => { throw new Error('the dashboard is gone'); } });
  expect((await createRunner(game.options).run(await game.plan(v1))).outcome).toBe('complete');
});
