import { expect, it } from '@jest/globals';
import { checkTags, processTags } from '../src/process-tags.ts';
import { buildRelease } from '../src/index.ts';
import { fixtures } from './run-lua.ts';

const role = { role: 'world', entry: 'src/world.ts', shards: 3, actions: ['Join', 'Move'] };
const fits = (change: Partial<typeof role>, environments = ['local', 'live']) => () => checkTags({ ...role, ...change }, environments);

it('takes what tags of ANS-104 carry, to the byte', () => {
  expect(fits({})).not.toThrow();
  expect(fits({ actions: ['x'.repeat(3072)] })).not.toThrow();
  const tags = processTags({ environment: '', release: '0'.repeat(64), role: 'world', shard: 2, deployment: '0'.repeat(128), seed: '0'.repeat(10) });
  const left = 4096 - 1024 - tags.reduce((sum, { name, value }) => sum + name.length + value.length + 4, 0);
  expect(fits({}, ['e'.repeat(left)])).not.toThrow();
  expect(fits({}, ['e'.repeat(left + 1)])).toThrow(expect.objectContaining({ code: 'bundler/tag-limit', message: expect.stringContaining('4097 bytes'), details: { role: 'world', file: 'src/world.ts', environment: 'e'.repeat(left + 1), bytes: 4097, limit: 4096 } }));
});

it.each([
  ['a name that is too long, in bytes', fits({ role: 'é'.repeat(1500) }), /take \d+ bytes/],
  ['an environment without a name', fits({}, ['live', '']), /Beamline-Environment .* is empty/],
  ['an action without a name', fits({ actions: ['Join', ''] }), /has no name/],
  ['an action with a name that is too long', fits({ actions: ['x'.repeat(3073)] }), /3073 bytes/],
])('refuses %s', (_what, check, message) => {
  expect(check).toThrow(expect.objectContaining({ code: 'bundler/tag-limit', message: expect.stringMatching(message), hint: expect.any(String) }));
});

it('stops a release before anything is built', async () => {
  const source = { game: 'fixture', version: '1', root: fixtures, roles: { world: { entry: 'world/world.ts' } }, environments: ['x'.repeat(4000)] };
  await expect(buildRelease({ ...source, onBundle: () => { throw new Error('built'); } })).rejects.toMatchObject({ code: 'bundler/tag-limit', details: { file: 'world/world.ts' } });
}, 60_000);
