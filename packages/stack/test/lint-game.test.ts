import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { createStack, defineConfig } from '../src/index.ts';

it('lints the TypeScript of all roles, and mends it when asked', async () => {
  const root = await mkdtemp(join(tmpdir(), 'beamline-lint-'));
  await writeFile(join(root, 'shared.ts'), 'declare const n: number;\nexport const rest = (n - 1) % 3;\n');
  await writeFile(join(root, 'world.ts'), "import { rest } from './shared.ts';\nexport const start = Date.now() + rest;\n");
  await writeFile(join(root, 'market.lua'), 'return {}\n');
  const stack = createStack(defineConfig({ game: 'g', version: '1.0.0', roles: { world: { entry: 'world.ts' }, market: { entry: 'market.lua' } }, environments: { local: { network: { kind: 'local' } } } }), { root });
  expect((await stack.lint()).findings.map(({ file, rule }) => `${file} ${rule}`)).toEqual(['shared.ts remainder', 'world.ts clock']);
  const { findings, fixed } = await stack.lint({ fix: true });
  expect([fixed, findings.map(({ rule }) => rule)]).toEqual([1, ['clock']]);
  expect(await readFile(join(root, 'shared.ts'), 'utf8')).toContain('mod((n - 1), 3)');
  await stack.close();
  await rm(root, { recursive: true });
});
