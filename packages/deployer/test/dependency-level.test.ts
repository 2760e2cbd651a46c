import { expect, it } from '@jest/globals';
import { dependencyLevels } from '../src/dependency-level.ts';

it('puts every role above all it sends to', () => {
  expect(dependencyLevels({ battle: ['world'], market: ['world', 'battle'], world: [], chat: [] })).toEqual({
    world: 0, chat: 0, battle: 1, market: 2,
  });
});

it('refuses a cycle and shows it', () => {
  expect(() => dependencyLevels({ a: ['b'], b: ['c'], c: ['a'] })).toThrow('a → b → c → a');
});

it('refuses a dependency on a role that is not there', () => {
  expect(() => dependencyLevels({ battle: ['wrold'], world: [] })).toThrow(expect.objectContaining({
    code: 'deployer/unknown-dependency', hint: expect.stringContaining('battle, world'),
  }));
});
