import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { createFsEnvironmentStore } from '../src/fs.ts';
import { emptyState } from '../src/index.ts';
import { describeEnvironmentStore } from '../src/testing.ts';

const folder = () => mkdtemp(join(tmpdir(), 'environments-'));

describeEnvironmentStore('fs', async () => {
  const root = await folder();
  return { subject: createFsEnvironmentStore({ root }), dispose: () => rm(root, { recursive: true }) };
});

it.each([
  ['half a file', '{"version": 1,'],
  ['an unknown version', '{"version": 2, "environment": "local"}'],
  ['another environment\'s file', '{"version": 1, "environment": "live"}'],
  ['a file without instances', '{"version": 1, "environment": "local", "revision": 1, "game": "arena", "history": []}'],
])('refuses %s rather than guess', async (_, text) => {
  const root = await folder();
  await mkdir(join(root, 'local'));
  await writeFile(join(root, 'local', 'environment.json'), text);
  const store = createFsEnvironmentStore({ root });
  await expect(store.read('local')).rejects.toMatchObject({ code: 'deployer/bad-state' });
  await expect(store.write(emptyState('local', 'arena'))).rejects.toMatchObject({ code: 'deployer/bad-state' });
  await rm(root, { recursive: true });
});

it('leaves no drafts behind', async () => {
  const root = await folder();
  await createFsEnvironmentStore({ root }).write(emptyState('local', 'arena'));
  expect(await readdir(join(root, 'local'))).toEqual(['environment.json']);
  await rm(root, { recursive: true });
});

it('refuses a name that would leave its folder', async () => {
  await expect(createFsEnvironmentStore({ root: tmpdir() }).read('../etc')).rejects.toMatchObject({ code: 'deployer/bad-name' });
});
