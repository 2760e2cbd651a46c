import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createStack } from '../src/create-stack.ts';
import { loadConfig } from '../src/load-config.ts';
import type { WatchedBuild } from '../src/watch-bundles.ts';

const game = join(import.meta.dirname, '../../../test/cli-game');
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(import.meta.dirname, '../dist-watched-')); // where packages are found
  for (const name of ['v1.ts', 'score.ts']) await copyFile(join(game, name), join(root, name));
  await writeConfig('1.0.0', "board: { entry: 'v1.ts', reads: ['Score'] }");
});
afterAll(() => rm(root, { recursive: true }));

const file = () => join(root, 'beamline.config.ts');
const writeConfig = (version: string, roles: string) => writeFile(file(), `export default {
  game: 'scores', version: '${version}', roles: { ${roles} }, environments: { local: { network: { kind: 'local' } } },
};
`);

it('builds by the config as it is now, says what is wrong with it, and goes on when it is mended', async () => {
  const stop = new AbortController();
  const stack = createStack(await loadConfig(file()));
  const builds = stack.watch({ provisional: true }, stop.signal);
  const next = async (): Promise<WatchedBuild> => (await builds.next()).value as WatchedBuild;
  const releaseOf = (build: WatchedBuild) => (build.ok ? [build.built.release.version, ...Object.keys(build.built.release.roles)] : build.fault.code);
  expect(releaseOf(await next())).toEqual(['1.0.0', 'board']);

  const added = next();
  await writeConfig('1.1.0', "board: { entry: 'v1.ts' }, second: { entry: 'v1.ts' }");
  expect(await added).toMatchObject({ ok: true, changed: [file()] });
  expect(releaseOf(await added)).toEqual(['1.1.0', 'board', 'second']);

  const misspelt = next();
  await writeConfig('1.2.0', "board: { entri: 'v1.ts' }");
  expect(releaseOf(await misspelt)).toBe('stack/bad-config');

  const mended = next();
  await writeConfig('1.2.0', "board: { entry: 'v1.ts' }");
  expect(releaseOf(await mended)).toEqual(['1.2.0', 'board']);
  stop.abort();
  await builds.return(undefined);
  await stack.close();
}, 120_000);
