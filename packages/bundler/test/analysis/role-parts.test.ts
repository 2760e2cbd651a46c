import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readSourceGraph } from '../../src/index.ts';

let root: string;
beforeEach(async () => { root = await mkdtemp(join(tmpdir(), 'parts-')); });
afterEach(() => rm(root, { recursive: true }));

async function partsOf(files: Record<string, string>): Promise<string[]> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
  return readSourceGraph({ entry: 'main.ts', root, target: 'lua' }).parts
    .map(({ kind, name, at }) => `${kind} ${name} ${at.path} ${'name' in at ? at.name : `line ${at.start[0]}`}`);
}

it.each([
  ['imported and renamed names', { 'main.ts': "import { a as b } from './x.ts';\nexport default defineRole({ systems: [b] });" }, ['system b x.ts a']],
  ['calls', { 'main.ts': "import { make } from './x.ts';\nexport default defineRole({ actions: { Go: make(1) } });" }, ['action Go x.ts make']],
  ['members of a namespace', { 'main.ts': "import * as all from './x.ts';\nexport default defineRole({ components: [all.Health] });" }, ['component Health x.ts Health']],
  ['functions written in place', { 'main.ts': 'export default defineRole({ actions: {\n  Go: () => undefined,\n  Stop() {},\n} });' }, ['action Go main.ts line 2', 'action Stop main.ts line 3']],
  ['lists of their own, and shorthand', { 'main.ts': 'const systems = [one, ...more];\nconst more = [two];\nconst role = defineRole({ systems, actions: { go } });\nexport default role;' }, ['system one main.ts one', 'system two main.ts two', 'action go main.ts go']],
  ['what another role lists, with one action replaced', {
    'base.ts': 'export default defineRole({ components: [Health], actions: { Go: a, Stop: b } });',
    'main.ts': "import base from './base.ts';\nexport default { ...base, actions: { ...base.actions, Go: c } } satisfies Role;",
  }, ['component Health base.ts Health', 'action Go main.ts c', 'action Stop base.ts b']],
])('finds %s', async (_what, files, parts) => {
  const others = files as Record<string, string>;
  expect(await partsOf({ 'x.ts': 'export const a = 1;', ...others })).toEqual(parts);
});

it('follows no types, and survives cycles', async () => {
  await partsOf({ 'main.ts': "import type { T } from './types.ts';\nimport { type U } from './types.ts';\nimport './a.ts';", 'types.ts': 'export type T = 1;', 'a.ts': "export * from './b.ts';", 'b.ts': "export * from './a.ts';" });
  const { modules } = readSourceGraph({ entry: 'main.ts', root, target: 'lua' });
  expect([...modules.keys()].filter((path) => !path.startsWith('@'))).toEqual(['main.ts', 'a.ts', 'b.ts']);
});
