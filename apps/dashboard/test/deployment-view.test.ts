import { expect, it } from '@jest/globals';
import type { Happening, TimelineEvent } from '@beamline/stack';
import { deploymentsOf, pausingSteps, stepsOf } from '../src/page/model/deployment-view.ts';
import { stepName } from '../src/page/model/describe-event.ts';

const story = (...told: (Happening & { at: number })[]): TimelineEvent[] => told.map((event, index) => ({ ...event, id: index + 1 }));
const begin = { kind: 'deployment', deployment: 'd', state: 'running', from: 'r1', to: 'r2', strategy: 'blue-green' } as const;
const step = (name: string, state: 'started' | 'progress' | 'done' | 'failed', at: number, more = {}) =>
  ({ kind: 'step', deployment: 'd', step: name, state, at, ...more }) as const;

it('lists the steps of a deployment with their durations, the last one running', () => {
  const [view] = deploymentsOf(story(
    { ...begin, at: 100 }, step('spawning', 'started', 100), step('spawning', 'done', 160), step('fencing', 'started', 160),
  ));
  expect(view).toMatchObject({
    from: 'r1', to: 'r2', state: 'running', ms: undefined,
    steps: [{ step: 'spawning', state: 'done', ms: 60 }, { step: 'fencing', state: 'started', ms: undefined, startedAt: 160 }],
  });
  expect(pausingSteps(view!).map(({ step: name }) => name)).toEqual(['fencing']);
});

it('marks no step of a deployment in place as a pause', () => {
  const [view] = deploymentsOf(story({ ...begin, strategy: 'in-place', at: 0 }, step('activating', 'started', 0), step('activating', 'done', 5), step('upgrading', 'started', 5)));
  expect(pausingSteps(view!)).toEqual([]);
  expect(view!.steps.map((each) => stepName(each.step))).toEqual(['Activate', 'Swap the code']);
});

it('shows what is still to come, batch by batch, until something goes wrong', () => {
  const rolling = { ...begin, strategy: 'rolling', way: ['spawning', 'upgrading', 'proving', 'gating'], batches: 2 } as const;
  const ahead = (...told: Parameters<typeof story>) => stepsOf(deploymentsOf(story({ ...rolling, at: 0 }, ...told))[0]!).map(({ step: name, state }) => `${name} ${state}`);
  expect(ahead(step('spawning', 'done', 1, { batch: 1 }), step('upgrading', 'started', 2, { batch: 1 }))).toEqual(['spawning done', 'upgrading started', 'proving ahead', 'gating ahead']);
  expect(ahead(step('upgrading', 'started', 2, { batch: 2 }))).toEqual(['upgrading started', 'proving ahead']);
  expect(ahead(step('upgrading', 'started', 2, { batch: 1, reverse: true }))).toEqual(['upgrading started']);
  expect(ahead(step('upgrading', 'failed', 2, { batch: 1 }))).toEqual(['upgrading failed']);
  const [view] = deploymentsOf(story({ ...rolling, at: 0 }, step('activating', 'started', 2, { batch: 1 }), { ...rolling, state: 'complete', at: 3 }));
  expect([stepsOf(view!).length, view!.steps[0]!.detail, pausingSteps(view!)]).toEqual([1, 'batch 1 of 2', []]);
});

it('prefers the measured duration over the difference of the times told', () => {
  const [view] = deploymentsOf(story(step('spawning', 'started', 0), step('spawning', 'done', 90, { ms: 77 })));
  expect(view?.steps[0]?.ms).toBe(77);
});

it('keeps each round of a repeated step', () => {
  const [view] = deploymentsOf(story(
    step('catching-up', 'started', 0), step('catching-up', 'done', 50), step('catching-up', 'started', 50), step('catching-up', 'done', 60),
  ));
  expect(view?.steps.map(({ ms }) => ms)).toEqual([50, 10]);
});

it('shows a step that a resumed runner performs again as one', () => {
  const [view] = deploymentsOf(story(step('fencing', 'started', 0), step('fencing', 'started', 500), step('fencing', 'done', 520)));
  expect(view?.steps).toMatchObject([{ step: 'fencing', state: 'done', startedAt: 0, ms: 520 }]);
});

it('tells the way back apart from the way there', () => {
  const [view] = deploymentsOf(story(
    { ...begin, at: 0 }, step('proving', 'started', 0), step('proving', 'failed', 10, { detail: 'Move answers 500' }),
    step('spawning', 'started', 10, { reverse: true }), step('spawning', 'done', 30, { reverse: true }),
    { ...begin, state: 'rolled-back', at: 40, ms: 40, detail: 'Move answers 500' },
  ));
  expect(view).toMatchObject({
    state: 'rolled-back', ms: 40,
    steps: [{ step: 'proving', state: 'failed', reverse: false, detail: 'Move answers 500' }, { step: 'spawning', reverse: true, ms: 20 }],
  });
});

it('shows progress on the step it belongs to', () => {
  const [view] = deploymentsOf(story(step('restoring', 'started', 0), step('restoring', 'progress', 5, { instance: 'world-0', detail: '40 of 214 pages' })));
  expect(view?.steps[0]).toMatchObject({ state: 'started', detail: 'world-0: 40 of 214 pages' });
});

it('collects the write pauses and keeps deployments apart', () => {
  const views = deploymentsOf(story(
    { ...begin, at: 0 }, { kind: 'write-pause', deployment: 'd', instance: 'world-0', ms: 200, held: 9, at: 5 },
    { ...begin, deployment: 'e', at: 9 }, { kind: 'note', level: 'info', text: 'unrelated', at: 10 },
  ));
  expect(views.map(({ id, pauses }) => [id, pauses.length])).toEqual([['d', 1], ['e', 0]]);
});

it('sees no write pause in a first deployment: it replaces nobody', () => {
  const [view] = deploymentsOf(story({ ...begin, from: '', at: 0 }, step('fencing', 'started', 0)));
  expect(pausingSteps(view!)).toEqual([]);
});

it('marks the step that made a deployment turn back, although it ended well', () => {
  const [view] = deploymentsOf(story(step('proving', 'started', 0), step('proving', 'done', 700), step('publishing', 'started', 700, { reverse: true })));
  expect(view?.steps).toMatchObject([{ step: 'proving', state: 'failed', detail: 'found problems', ms: 700 }, { step: 'publishing', reverse: true, state: 'started' }]);
});
