import { expect, it } from '@jest/globals';
import { dataDifferences } from '../../src/rehearsal/data-paths.ts';
import { errorPlace } from '../../src/rehearsal/noted-errors.ts';

it.each<[string, string | undefined, string | undefined, unknown]>([
  ['equal texts', 'a', 'a', []],
  ['texts', 'x=1', 'x=2', [{ path: '', old: 'x=1', new: 'x=2' }]],
  ['a text and nothing', 'x=1', undefined, [{ path: '', old: 'x=1' }]],
  ['a field', '{"a":1,"b":{"c":2}}', '{"a":1,"b":{"c":3}}', [{ path: '.b.c', old: '2', new: '3' }]],
  ['a field more', '{"a":1}', '{"a":1,"b":"x"}', [{ path: '.b', new: 'x' }]],
  ['another kind', '{"a":[1]}', '{"a":{"0":1}}', [{ path: '.a', old: '[1]', new: '{"0":1}' }]],
  ['JSON and text', '{"a":1}', 'a', [{ path: '', old: '{"a":1}', new: 'a' }]],
  ['the same JSON, written otherwise', '{"a":1}', '{ "a":1}', [{ path: '', old: '{"a":1}', new: '{ "a":1}' }]],
  ['items of a list, in one place', '[{"x":1},{"x":2}]', '[{"x":3},{"x":4}]', [{ path: '.*.x', old: '1', new: '3' }, { path: '.*.x', old: '2', new: '4' }]],
  ['ids as keys, in one place', `{"${'a'.repeat(43)}":1}`, `{"${'a'.repeat(43)}":2}`, [{ path: '.*', old: '1', new: '2' }]],
])('tells %s apart', (_, old, now, expected) => {
  expect(dataDifferences(old, now)).toEqual(expected);
});

it('tells of one pair of answers no more than can be read', () => {
  const answer = (of: number) => JSON.stringify(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`k${n}`, of])));
  expect(dataDifferences(answer(1), answer(2))).toHaveLength(16);
});

it.each([
  ['Dig: kernel/arithmetic: division by zero', 'Dig.kernel/arithmetic'],
  ['hunger: game/broken: as asked', 'hunger.game/broken'],
  ['Dig: kernel/action-failed: attempt to index a nil value', 'Dig.kernel/action-failed'],
  ['hunger: attempt to index a nil value', 'hunger.kernel/action-failed'],
  ['hunger: bundle0.lua:7: kernel/arithmetic: division', 'hunger.kernel/arithmetic'],
  ['host', 'host.kernel/action-failed'],
])('finds the place of %s', (text, place) => {
  expect(errorPlace(text)).toBe(place);
});
