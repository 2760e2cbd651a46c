import { expect, it } from '@jest/globals';
import { bytes, count, duration, perSecond, short, shortRelease } from '../src/page/model/format.ts';

it('writes durations as people say them', () => {
  expect([3.4, 999, 1_500, 12_340, 61_000, 3_600_000].map(duration)).toEqual(['3 ms', '999 ms', '1.50 s', '12.3 s', '1 min 01 s', '60 min 00 s']);
});

it('writes sizes and numbers in a few digits', () => {
  expect([bytes(512), bytes(61_300), bytes(4_200_000)]).toEqual(['512 B', '61.3 kB', '4.20 MB']);
  expect([count(9_871), count(1_234_567)]).toEqual(['9,871', '1.2M']);
  expect([perSecond(0), perSecond(7.66), perSecond(71.6)]).toEqual(['0', '7.7', '72']);
});

it('shortens ids, and releases to the beginning of their hash', () => {
  expect(short('9sKx2hT0bQvYdM4nWcR7eUjLZaP3fGiO1k')).toBe('9sKx2h…iO1k');
  expect(shortRelease('ab12cd34'.repeat(8))).toBe('ab12cd34');
  expect(shortRelease('1.0.0')).toBe('1.0.0');
});
