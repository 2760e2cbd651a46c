import { expect, it } from '@jest/globals';
import { Fault } from '@beamline/core';
import { setup } from './setup.ts';
import { plan, status } from './answers.ts';

it.each([
  ['a misspelt flag', ['deploy', 'local', '--dry-rnu']],
  ['an unknown command', ['depoly', 'local']],
  ['a missing environment', ['deploy']],
  ['too many operands', ['deploy', 'local', 'live']],
  ['a flag of another command', ['status', 'local', '--dry-run']],
  ['a flag without its value', ['snapshot', 'local', '--role']],
  ['nothing at all', []],
])('refuses %s before anything happens', async (_what, argv) => {
  const { calls, out, err, run } = setup({ plan: async () => plan });
  expect(await run(...argv)).toBe(2);
  expect(calls).toEqual([]);
  expect(out).toEqual([]);
  expect(err.join('\n')).not.toBe('');
});

it('suggests what a misspelt flag meant', async () => {
  const { err, run } = setup();
  await run('deploy', 'local', '--dry-rnu');
  expect(err.join('\n')).toContain('--dry-run');
});

it('prints help and succeeds when asked for it', async () => {
  const { calls, out, run } = setup();
  expect(await run('--help')).toBe(0);
  expect(out.join('\n')).toContain('deploy [options] <environment>');
  for (const code of ['0  done', '3  a deployment was taken back', '4  a deployment is stuck']) expect(out.join('\n')).toContain(code);
  expect(calls).toEqual([]);
});

it('reads the config it is told to, and closes the stack afterwards', async () => {
  const { calls, run } = setup({ status: async () => status() });
  expect(await run('status', 'local', '--config', 'other.config.ts', '--state', '/tmp/s')).toBe(0);
  expect(calls).toEqual(['open other.config.ts with state /tmp/s', 'environment local', 'status', 'close']);
});

it('tells a Fault to people with its hint, and closes the stack', async () => {
  const { calls, out, err, run } = setup({ status: async () => { throw new Fault('ao/unreachable', 'node away', { hint: 'Start it.' }); } });
  expect(await run('status', 'local')).toBe(1);
  expect(err.join('\n')).toBe('ao/unreachable: node away\n  Start it.');
  expect(out).toEqual([]);
  expect(calls.at(-1)).toBe('close');
});

it('tells a Fault to programs as one JSON object', async () => {
  const { json, run } = setup({ status: async () => { throw new Fault('ao/unreachable', 'node away', { hint: 'Start it.' }); } });
  expect(await run('status', 'local', '--json')).toBe(1);
  expect(json()).toEqual({ error: { code: 'ao/unreachable', message: 'node away', hint: 'Start it.' } });
});

it('tells a bad config the same way', async () => {
  const { json, run } = setup({ openStack: async () => { throw new Fault('stack/bad-config', 'rolls: unknown key'); } });
  expect(await run('bundle', '--json')).toBe(1);
  expect(json()).toEqual({ error: { code: 'stack/bad-config', message: 'rolls: unknown key' } });
});

it('does not dress up its own mistakes', async () => {
  const { calls, run } = setup({ status: async () => { throw new TypeError('undefined is not a function'); } });
  await expect(run('status', 'local')).rejects.toThrow(TypeError);
  expect(calls.at(-1)).toBe('close');
});
