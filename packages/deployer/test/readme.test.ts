import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import * as fs from '../src/fs.ts';
import * as deployer from '../src/index.ts';
import { createSmallGame, v1, v2 } from './small-game.ts';

it('shows an example that prints what it says', async () => {
  const { options: { network, signer, bundles, clock } } = createSmallGame();
  const folder = await mkdtemp(join(tmpdir(), 'readme-'));
  const given = { network, signer, bundles, clock, folder, v1, v2 };

  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, source] = /```ts\n([\s\S]*?)```/.exec(readme)!;
  const expected = [...source!.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text);
  const body = stripTypeScriptTypes(source!).replaceAll(/^import (\{.*\}) from '@beamline\/deployer(\/fs)?';$/gm, 'const $1 = library;');
  const printed: string[] = [];
  const run = new Function('library', 'console', ...Object.keys(given), `return (async () => { ${body} })();`) as (...values: unknown[]) => Promise<void>;
  await run({ ...deployer, ...fs }, { log: (...values: unknown[]) => printed.push(values.join(' ')) }, ...Object.values(given));
  await rm(folder, { recursive: true });
  expect(printed).toEqual(expected);
  expect(source!.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  expect(readme.split('\n').length).toBeLessThanOrEqual(150);
});
