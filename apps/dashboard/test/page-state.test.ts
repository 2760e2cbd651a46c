import { expect, it } from '@jest/globals';
import type { StatusReport, TimelineEvent } from '@beamline/stack';
import { emptyPage, nextPage, type PageAction } from '../src/page/model/page-state.ts';

const play = (...actions: PageAction[]) => actions.reduce(nextPage, emptyPage);
const point = (at: number) => ({ at, byInstance: {} });
const event = (id: number): TimelineEvent => ({ id, at: 0, kind: 'note', level: 'info', text: `${id}` });
const status = (at: number): PageAction => ({ on: 'status', report: { at } as StatusReport, rate: point(at) });
const times = ({ rates }: ReturnType<typeof play>) => rates.map(({ at }) => at);

it('joins the history with what arrived before it, without repeating a moment', () => {
  expect(times(play(status(3), status(4), { on: 'history', rates: [1, 2, 3].map(point) }))).toEqual([1, 2, 3, 4]);
});

it('takes the history as it is when nothing arrived before it', () => {
  expect(times(play({ on: 'history', rates: [1, 2].map(point) }, status(3)))).toEqual([1, 2, 3]);
});

it('shows an event once, even when a resumed stream repeats it', () => {
  expect(play({ on: 'event', event: event(1) }, { on: 'event', event: event(2) }, { on: 'event', event: event(2) }).events.map(({ id }) => id)).toEqual([1, 2]);
});

it('forgets a problem when the environment can be read again', () => {
  const troubled = play({ on: 'problem', problem: 'node away' });
  expect(troubled.problem).toBe('node away');
  expect(nextPage(troubled, status(1)).problem).toBe('');
});

it('keeps what it knows while the connection is lost', () => {
  expect(play(status(1), { on: 'connection', connection: 'lost' })).toMatchObject({ connection: 'lost', report: { at: 1 } });
});
