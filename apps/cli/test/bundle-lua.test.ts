import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setup, type CliTest } from './setup.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tree-'));
  await mkdir(join(folder, 'lib'));
  await writeFile(join(folder, 'main.lua'), 'local coins = require("lib.coins")\nif DEBUG then print("debugging") end\nreturn coins.total({ 1, 2 })\n');
  await writeFile(join(folder, 'lib/coins.lua'), 'local M = {}\nfunction M.total(list) local n = 0 for _, c in ipairs(list) do n = n + c end return n end\nfunction M.idle() return "never asked for" end\nreturn M\n');
  await writeFile(join(folder, 'bad.lua'), 'local x = 1\nreturn require("nowhere")\n');
});
afterAll(() => rm(folder, { recursive: true }));

const here = (): CliTest => {
  const test = setup();
  test.context.cwd = folder;
  return test;
};

it('bundles a tree of Lua modules without a config, alone on stdout', async () => {
  const { calls, out, run } = here();
  expect(await run('bundle', 'main.lua', '--define', 'DEBUG=false')).toBe(0);
  expect(out.join('\n')).toMatch(/^[^]*ipairs[^]*return/);
  expect(out.join('\n')).not.toMatch(/debugging|never asked for/);
  expect(calls).toEqual([]);
});

it('writes a chunk and its source map over earlier ones, and says what it wrote', async () => {
  await writeFile(join(folder, 'out.lua'), 'older');
  const { json, run } = here();
  expect(await run('bundle', 'main.lua', '--target', 'aos', '--no-minify', '--out', 'out.lua', '--json')).toBe(0);
  expect(await readFile(join(folder, 'out.lua'), 'utf8')).toMatch(/define\("lib\.coins"[^]*never asked for/);
  expect(JSON.parse(await readFile(join(folder, 'out.lua.map'), 'utf8'))).toMatchObject({ sources: expect.arrayContaining(['main.lua', 'lib/coins.lua']) });
  expect(json()).toMatchObject({ file: join(folder, 'out.lua'), bytes: expect.any(Number), modules: expect.arrayContaining([expect.objectContaining({ path: 'lib/coins.lua', bytes: expect.any(Number) })]) });
});

it('leaves what was there when the tree is broken, and says where', async () => {
  await writeFile(join(folder, 'kept.lua'), 'older');
  const { err, run } = here();
  expect(await run('bundle', 'bad.lua', '--out', 'kept.lua')).toBe(1);
  expect(err.join('\n')).toMatch(/bad\.lua:2:8 bundler\/unresolved-import: cannot find "nowhere"/);
  expect(await readFile(join(folder, 'kept.lua'), 'utf8')).toBe('older');
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

it.each([
  ['a flag of roles with a file', ['bundle', 'main.lua', '--accept-layout'], '--accept-layout is for the roles'],
  ['a flag of trees without one', ['bundle', '--public', 'x'], '--public needs a file'],
  ['another target', ['bundle', 'main.lua', '--target', 'js'], 'lua, aos'],
  ['a constant without a value', ['bundle', 'main.lua', '--define', 'DEBUG'], 'NAME=value'],
])('refuses %s', async (_what, argv, say) => {
  const { err, calls, run } = here();
  expect(await run(...argv)).toBe(2);
  expect(err.join('\n')).toContain(say);
  expect(calls).toEqual([]);
});

it('takes plugins from the config beside it, or from the one that is named, which must be there', async () => {
  const config = (word: string) => `export default {
  game: 'tree', version: '1', roles: { world: { entry: 'main.lua' } }, environments: { local: { network: { kind: 'local' } } },
  plugins: [{ name: 'words', load: (file) => (file.endsWith('/word.lua') ? 'return "${word}"' : undefined), resolve: (specifier) => (specifier === 'word' ? '${folder}/word.lua' : undefined) }],
};
`;
  await writeFile(join(folder, 'words.lua'), 'return require("word")\n');
  expect(await here().run('bundle', 'words.lua')).toBe(1);
  await writeFile(join(folder, 'beamline.config.ts'), config('beside'));
  await writeFile(join(folder, 'other.config.ts'), config('named'));
  const beside = here();
  expect(await beside.run('bundle', 'words.lua')).toBe(0);
  expect(beside.out.join('\n')).toContain('"beside"');
  const named = here();
  expect(await named.run('bundle', 'words.lua', '--config', 'other.config.ts')).toBe(0);
  expect(named.out.join('\n')).toContain('"named"');
  const missing = here();
  expect(await missing.run('bundle', 'words.lua', '--config', 'nowhere.ts')).toBe(1);
  expect(missing.err.join('\n')).toContain('stack/no-config');
  await rm(join(folder, 'beamline.config.ts'));
});
