import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { sourceFacts } from '../src/integrity/source-facts.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'facts-'));
  await mkdir(join(root, 'game'));
  await writeFile(join(root, 'game/world.ts'), 'export default 1;\n');
});
afterEach(() => rm(root, { recursive: true }));

const git = (...args: string[]) => execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { encoding: 'utf8' }).trim();

it('names the commit, says when the sources have changes, and passes over what a build writes', async () => {
  git('init', '--quiet');
  expect((await sourceFacts(join(root, 'game'))).commit).toBeUndefined();
  git('add', '.');
  git('commit', '--quiet', '--message', 'first');
  const commit = git('rev-parse', 'HEAD');
  await writeFile(join(root, 'elsewhere'), '');
  await writeFile(join(root, 'game/world.lock'), '{}');
  expect((await sourceFacts(join(root, 'game'), ['world.lock', '../elsewhere', '/abs'])).commit).toBe(commit);
  await writeFile(join(root, 'game/world.ts'), 'export default 2;\n');
  expect((await sourceFacts(join(root, 'game'), ['world.lock'])).commit).toBe(`${commit}+changes`);
});

it('hashes the nearest lockfile above, and names none where none is', async () => {
  expect(await sourceFacts(join(root, 'game'))).toEqual({});
  await writeFile(join(root, 'pnpm-lock.yaml'), 'a');
  expect(await sourceFacts(join(root, 'game'))).toEqual({ lockfile: { name: 'pnpm-lock.yaml', sha256: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb' } });
  await writeFile(join(root, 'game/yarn.lock'), 'b');
  expect((await sourceFacts(join(root, 'game'))).lockfile?.name).toBe('yarn.lock');
});
