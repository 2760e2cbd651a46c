import { expect, it } from '@jest/globals';
import { findInRole } from '../../src/analysis/index.ts';
import { analysisOf, role } from './sample-analysis.ts';

const analysis = analysisOf(role('world', { 'src/a/index.ts': 1, 'src/b/index.ts': 2, 'src/decay.ts': 3, 'src/move.ts': 4 }));

it.each([
  ['src/a/index.ts', { path: 'src/a/index.ts' }],
  ['b/index.ts', { path: 'src/b/index.ts' }],
  ['move', { path: 'src/move.ts' }],
  ['decay', { kind: 'system' }],
  ['decay.ts', { path: 'src/decay.ts' }],
])('knows %s', (name, found) => {
  expect(findInRole(analysis, 'world', name)).toMatchObject(found);
});

it.each([
  ['world', 'index.ts', 'bundler/ambiguous-name', 'may be src/b/index.ts, src/a/index.ts'],
  ['world', 'ove', 'bundler/not-in-role', 'nothing called ove'],
  ['moon', 'move', 'bundler/not-in-role', 'there is no role moon'],
])('refuses %s %s', (name, what, code, message) => {
  expect(() => findInRole(analysis, name, what)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
});
