import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import * as bundler from '../src/index.ts';
import { fixtures } from './run-lua.ts';

it('runs the example of the README', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  expect(example.split('\n').length).toBeLessThanOrEqual(21);
  const root = await mkdtemp(join(tmpdir(), 'beamline-readme-'));
  for (const [from, to] of [['world', 'src'], ['market', 'src']] as const) await cp(join(fixtures, from), join(root, to), { recursive: true });
  const printed: unknown[][] = [];
  const body = example.replace(/^import .*$/m, '').replaceAll("root: '.'", 'root').replaceAll("'.beamline/releases'", 'store');
  const names = Object.keys(bundler);
  const run = new Function('console', 'root', 'store', ...names, `return (async () => {${body}})();`) as (...values: unknown[]) => Promise<void>;
  await run({ log: (...values: unknown[]) => printed.push(values) }, root, join(root, 'releases'), ...Object.values(bundler));
  expect(printed[0]?.[0]).toBeGreaterThan(10_000);
  expect(printed[1]?.[0]).toMatch(/^[0-9a-f]{64}$/);
  await rm(root, { recursive: true });
}, 120_000);
