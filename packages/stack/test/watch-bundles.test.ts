import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createBundler } from '@beamline/bundler';
import { systemClock } from '@beamline/core';
import { modifiedAt } from '../src/load-config.ts';
import { validateConfig } from '../src/validate-config.ts';
import { watchBundles, type WatchedBuild } from '../src/watch-bundles.ts';

const game = join(import.meta.dirname, '../../../test/cli-game');
let root: string;
let file: string;
beforeAll(async () => {
  root = await mkdtemp(join(import.meta.dirname, '../dist-watched-')); // where packages are found
  file = join(root, 'config.json');
  for (const name of ['v1.ts', 'score.ts']) await copyFile(join(game, name), join(root, name));
  await writeConfig('1.0.0', { board: { entry: 'v1.ts' } });
});
afterAll(() => rm(root, { recursive: true }));

const writeConfig = (version: string, roles: object) => writeFile(file, JSON.stringify({ game: 'scores', version, roles, environments: { local: { network: { kind: 'local' } } } }));
/** Jest keeps what it has imported once: here a config is data. */
const load = async () => ({ modified: (await modifiedAt(file))!, config: validateConfig(JSON.parse(await readFile(file, 'utf8')), file) });

it('builds by the config as it is now, says what is wrong with it, and goes on when it is mended', async () => {
  const stop = new AbortController();
  const bundler = createBundler();
  const { config, modified } = await load();
  const context = { config, root, releases: join(root, 'releases'), bundler: async () => bundler, clock: systemClock, source: { file, modified } };
  const builds = watchBundles(context, { provisional: true }, stop.signal, load);
  const next = async (): Promise<WatchedBuild> => (await builds.next()).value as WatchedBuild;
  const releaseOf = (build: WatchedBuild) => (build.ok ? [build.built.release.version, ...Object.keys(build.built.release.roles)] : build.fault.code);
  expect(releaseOf(await next())).toEqual(['1.0.0', 'board']);

  const added = next();
  await writeConfig('1.1.0', { board: { entry: 'v1.ts' }, second: { entry: 'v1.ts' } });
  expect(await added).toMatchObject({ ok: true, changed: [file] });
  expect(releaseOf(await added)).toEqual(['1.1.0', 'board', 'second']);

  const misspelt = next();
  await writeConfig('1.2.0', { board: { entri: 'v1.ts' } });
  expect(releaseOf(await misspelt)).toBe('stack/bad-config');

  const mended = next();
  await writeConfig('1.2.0', { board: { entry: 'v1.ts' } });
  expect(releaseOf(await mended)).toEqual(['1.2.0', 'board']);
  stop.abort();
  await builds.return(undefined);
  await bundler.close();
}, 120_000);
