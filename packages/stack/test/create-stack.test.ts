import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createManualClock } from '@beamline/core/testing';
import { createStack } from '../src/create-stack.ts';
import type { BeamlineConfig } from '../src/config.ts';

let root: string;
beforeEach(async () => { root = await mkdtemp(join(tmpdir(), 'stack-')); });
afterEach(() => rm(root, { recursive: true }));

const config: BeamlineConfig = {
  game: 'arena',
  version: '1.0.0',
  roles: { world: { entry: './world.ts' } },
  environments: {
    local: { network: { kind: 'local' }, serve: { token: 'env:TOKEN' } },
    live: { network: { kind: 'hyperbeam', url: 'https://node.example' }, serve: { token: 'file:token' } },
    staging: { network: { kind: 'hyperbeam', url: 'https://node.example' } },
  },
};
const open = (changes: Partial<BeamlineConfig> = {}, env = {}) => createStack({ ...config, ...changes }, { root, env, clock: createManualClock() });

it('refuses a config that is none, however it came here', () => {
  expect(() => open({ rolls: {} } as never)).toThrow(expect.objectContaining({ code: 'stack/bad-config' }));
});

it('says which environments there are', () => {
  expect(() => open().environment('liev')).toThrow(expect.objectContaining({ code: 'stack/unknown-environment', hint: 'Did you mean live?' }));
  expect(() => open().environment('production')).toThrow(expect.objectContaining({ hint: 'The config has local, live, staging.' }));
});

it('gives one object for one environment', async () => {
  const stack = open();
  expect(stack.environment('local')).toBe(stack.environment('local'));
  await stack.close();
});

it('connects to nothing until something is asked for', async () => {
  const stack = open();
  const local = stack.environment('local');
  expect(await local.state()).toMatchObject({ environment: 'local', game: 'arena', instances: {} });
  expect(local.rates()).toEqual([]);
  expect(await local.prometheusText()).toContain('#');
  await stack.close();
});

it('refuses to act on a network of others without a signer', async () => {
  const stack = open();
  await expect(stack.environment('staging').status()).rejects.toMatchObject({ code: 'stack/no-signer', hint: expect.stringContaining('environments.staging.signer') });
  await stack.close();
});

it('has nothing to go back to before the second release', async () => {
  const stack = open();
  await expect(stack.environment('local').planRollback()).rejects.toMatchObject({ code: 'stack/nothing-before' });
  await expect(stack.environment('local').resume()).rejects.toMatchObject({ code: 'stack/nothing-to-resume' });
  await stack.close();
});

it('names a release that is not there', async () => {
  const stack = open();
  await expect(stack.environment('local').plan('ab'.repeat(32))).rejects.toMatchObject({ code: 'bundler/missing-release' });
  await stack.close();
});

it('reads tokens by reference, and says where one is missing without saying what it is', async () => {
  const stack = open({}, { TOKEN: ' secret \n' });
  expect(await stack.token('local')).toBe('secret');
  expect(await stack.token('staging')).toBeUndefined();
  await expect(stack.token('live')).rejects.toMatchObject({ code: 'stack/no-secret', message: 'there is no secret at file:token' });
  await writeFile(join(root, 'token'), 'from the file\n');
  expect(await stack.token('live')).toBe('from the file');
  await stack.close();
});
