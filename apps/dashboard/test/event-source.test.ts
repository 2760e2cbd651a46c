import { expect, it } from '@jest/globals';
import { createEventParser, type ServerEvent } from '../src/page/model/event-source.ts';

const parse = (...pieces: string[]): ServerEvent[] => {
  const events: ServerEvent[] = [];
  const read = createEventParser((event) => events.push(event));
  pieces.forEach((piece) => read(piece));
  return events;
};
const text = 'retry: 1000\n\nevent: timeline\nid: 7\ndata: {"a":1}\n\n: still here\n\ndata: two\ndata: lines\n\n';
const expected = [{ event: 'timeline', id: '7', data: '{"a":1}' }, { event: 'message', id: '', data: 'two\nlines' }];

it('reads events, ignores comments and retry', () => {
  expect(parse(text)).toEqual(expected);
});

it('reads the same whatever the borders of the pieces', () => {
  for (let border = 0; border <= text.length; border += 1) {
    expect(parse(text.slice(0, border), text.slice(border))).toEqual(expected);
  }
});

it('waits for the rest of an unfinished event', () => {
  expect(parse('data: half')).toEqual([]);
});
