import { describe, expect, it } from '@jest/globals';
import { assertConditions, defaultConditions } from '../src/index.ts';
import type { Condition, Observation, Span } from '../src/index.ts';
import { judge } from '../src/condition.ts';

const at = (seconds: number, applied: number, errors = 0, refused = 0, entities = 100, measured: Record<string, number> = {}): Observation =>
  ({ at: seconds * 1000, applied, errors, refused, entities, measured });
const span = (from: Observation, to: Observation): Span => ({ from, to });

/** Blue: 1,000 messages in 100 s, 1 % failed, 2 % refused, one entity for ten messages. */
const blue = span(at(0, 5000, 50, 100, 1000), at(100, 6000, 60, 120, 1100));
const green = (applied: number, errors = 0, refused = 0, entities = 1100): Span => span(at(100, 0, 0, 0, 1100), at(110, applied, errors, refused, entities));
const found = (conditions: readonly Condition[], span_: Span, { lag = 0, before = blue } = {}) => judge(conditions, 'world', lag, span_, before);

describe('against what was before', () => {
  it.each([
    ['errors', { metric: 'errors', maxOfBlue: 2 }, green(1000, 20), green(1000, 21), '21 of 1000 messages failed; before the change it was 0.01, 2 times that is allowed'],
    ['refusals', { metric: 'refusals', maxOfBlue: 2 }, green(1000, 0, 40), green(1000, 0, 50), '50 of 1050 messages were refused; before'],
    ['rate, players who leave', { metric: 'rate', minOfBlue: 0.5 }, green(50), green(49), 'it applies 4.9 messages a second; before the change it was 10, 0.5 times that is asked for'],
    ['growth, a leak', { metric: 'growth', maxOfBlue: 1.5 }, green(100, 0, 0, 1115), green(100, 0, 0, 1116), 'it gains 0.16 entities per message'],
  ] as [string, Condition, Span, Span, string][])('%s', (_, condition, fine, bad, said) => {
    expect(found([condition], fine)).toEqual([]);
    expect(found([condition], bad)).toEqual([expect.stringContaining(said)]);
    expect(judge([condition], 'world', 0, bad, undefined)).toEqual([]);
  });

  it('takes the whole life of a process that was asked little just now', () => {
    const quiet = span(at(0, 10_000, 100), at(10, 10_003, 100));
    expect(found(defaultConditions, green(1000, 19), { before: quiet })).toEqual([]);
    expect(found(defaultConditions, green(1000, 21), { before: quiet })).toHaveLength(1);
  });
});

describe('thresholds', () => {
  it.each([
    [{ metric: 'errors', max: 0.1 }, green(10, 1), green(10, 2), '2 of 10 messages failed; at most 0.1 is allowed'],
    [{ metric: 'rate', min: 5 }, green(50), green(40), 'it applies 4 messages a second; at least 5 is asked for'],
  ] as [Condition, Span, Span, string][])('%j', (condition, fine, bad, said) => {
    expect(found([condition], fine)).toEqual([]);
    expect(found([condition], bad)).toEqual([said]);
  });

  it('on how far it is behind', () => {
    expect(found(defaultConditions, green(0), { lag: 64 })).toEqual([]);
    expect(found(defaultConditions, green(0), { lag: 65 })).toEqual(['it is 65 slots behind; at most 64 is allowed']);
  });

  it('on a measurement of your own, and only in its role', () => {
    const measure = async () => 0;
    const queue: Condition = { metric: { name: 'queue', measure }, max: 3, maxOfBlue: 10 };
    const seen = span(at(0, 0), at(1, 0, 0, 0, 0, { queue: 4 }));
    const before = span(at(0, 0, 0, 0, 0, { queue: 0.3 }), at(0, 0, 0, 0, 0, { queue: 0.3 }));
    expect(found([queue], seen, { before })).toEqual(['queue is 4; at most 3 is allowed', 'queue is 4; before the change it was 0.3, 10 times that is allowed']);
    expect(found([{ ...queue, role: 'battle' }], seen, { before })).toEqual([]);
  });
});

it('judges once there is enough to judge by', () => {
  expect(found([{ metric: 'errors', max: 0, atLeast: 20 }], green(19, 19))).toEqual([]);
  expect(found([{ metric: 'errors', max: 0, atLeast: 20 }], green(20, 1))).toHaveLength(1);
});

it.each([[{ metric: 'errors' }], [{ metric: 'errors', max: NaN }], [{ metric: 'lag', max: 'x' as unknown as number }]] as [Condition][])('refuses a condition that bounds nothing: %j', (condition) => {
  expect(() => assertConditions([{ metric: 'lag', max: 1 }, condition])).toThrow('analysis[1] bounds');
});
