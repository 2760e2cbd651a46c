import { expect, it } from '@jest/globals';
import { baselineOf, growthSince, parseBaseline, printBaseline } from '../../src/analysis/index.ts';
import { analysisOf, role } from './sample-analysis.ts';

const analysis = analysisOf(role('world', { 'z.ts': 10, 'a.ts': 20 }), role('battle', { 'a.ts': 5 }));

it('comes back from its text as it was', () => {
  expect(parseBaseline(printBaseline(baselineOf(analysis)), 'sizes.lock.json')).toEqual(baselineOf(analysis));
});

it('prints the same sizes the same, whatever order they are in', () => {
  const turned = analysisOf(role('battle', { 'a.ts': 5 }), role('world', { 'a.ts': 20, 'z.ts': 10 }));
  const text = printBaseline(baselineOf(analysis));
  expect(printBaseline(baselineOf(turned))).toBe(text);
  expect(text.split('\n')).toContain('        "a.ts": 20,'); // a line a module: changes show in a diff
  expect(text.endsWith('}\n')).toBe(true);
});

it.each([
  ['no JSON', '{', 'is not JSON'],
  ['another version', '{"version":2,"roles":{}}', 'has version 2, this one reads 1'],
  ['something else', '[]', 'has version none, this one reads 1'],
  ['no roles', '{"version":1}', 'has no roles'],
  ['half a role', '{"version":1,"roles":{"world":{"bytes":1}}}', 'has no complete sizes of world'],
  ['sizes that are none', '{"version":1,"roles":{"world":{"bytes":1,"gzipBytes":1,"modules":{"a":"1"},"systems":{},"components":{},"actions":{}}}}', 'has no complete sizes of world'],
])('refuses %s', (_what, text, message) => {
  expect(() => parseBaseline(text, 'sizes.lock.json')).toThrow(expect.objectContaining({ code: 'bundler/bad-sizes', message: `sizes.lock.json ${message}` }));
});

it('compares role by role: what changed most first, what is new, what is gone', () => {
  const now = analysisOf(role('world', { 'a.ts': 26, 'new.ts': 7, 'z.ts': 2 }), role('moon', { 'a.ts': 1 }));
  expect(growthSince(baselineOf(analysis), now)).toMatchObject([
    { role: 'world', before: 30, after: 35, percent: (5 / 30) * 100, modules: [{ name: 'z.ts', before: 10, after: 2 }, { name: 'new.ts', before: 0, after: 7 }, { name: 'a.ts', before: 20, after: 26 }] },
    { role: 'moon', before: 0, after: 1, percent: undefined },
    { role: 'battle', before: 5, after: 0, modules: [{ name: 'a.ts', before: 5, after: 0, why: [] }] },
  ]);
});
