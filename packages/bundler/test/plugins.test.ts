import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { buildRelease, buildRole, bundleLua, createBundler, readSourceGraph, type Plugin, type ReleaseSource } from '../src/index.ts';
import { fixSources, lintSources } from '../src/lint/index.ts';
import { csv, yaml } from '../src/plugins/index.ts';
import { runProgram } from './lua-tree/run-tree.ts';

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

async function project(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'beamline-plugins-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

const data = {
  'items.yaml': 'sword: &base\n  price: 10\n  tags: [sharp, old]\nbow:\n  <<: *base\n  range: 7\n',
  'loot.csv': 'name,weight,rare\n"ring, copper",60,false\nmask,5,true\n',
};

const world = `import { component, query, system, u32 } from '@beamline/ecs';
import { defineRole } from '@beamline/kernel';
import items from './items.yaml';
import loot from './loot.csv';
const Price = /*#__PURE__*/ component('Price', { value: u32 });
export const total: number = items.sword.price + loot[0]!.weight;
export default defineRole({
  name: 'shop', components: [Price],
  actions: { Ask: (_world, message) => \`\${total} \${loot.find(({ rare }) => rare)?.name ?? ''} \${message.from}\` },
});
`;

it('gives data files to Lua, to TypeScript, and to TypeScript under Lua', async () => {
  const root = await project({
    ...data,
    'main.lua': 'local items, loot = require("./items.yaml"), require("./loot.csv") local prices = require("./prices") say(items.sword.tags[2], items.bow.range, #loot, loot[1].name, loot[2].rare, prices.bow())',
    'prices.ts': "import items from './items.yaml';\nexport function bow(): string { return `${items.bow.price * 2}`; }\n",
  });
  const { code } = await bundleLua({ entry: 'main.lua', root, plugins: [yaml(), csv()] });
  expect(await runProgram(code)).toBe('old 7 2 ring, copper true 20');
});

it('packs long tables, and Lua reads them as lists of records', async () => {
  const rows = Array.from({ length: 300 }, (_, index) => `${index * 7},${index % 5}`).join('\n');
  const root = await project({ 'main.lua': 'local steps, sum = require("./steps.csv"), 0 for i = 1, #steps do sum = sum + steps[i].at * steps[i].kind end say(#steps, steps[300].at, sum)', 'steps.csv': `at,kind\n${rows}\n` });
  const { code } = await bundleLua({ entry: 'main.lua', root, plugins: [csv()] });
  expect(code.length).toBeLessThan(rows.length);
  expect(await runProgram(code)).toBe(`300 2093 ${Array.from({ length: 300 }, (_, index) => index * 7 * (index % 5)).reduce((a, b) => a + b)}`);
});

it('works in every stage of a role: types, shaking, both targets, lint, analysis', async () => {
  const root = await project({ ...data, 'world.ts': world });
  const plugins = [yaml(), csv()];
  const source = { role: 'shop', entry: 'world.ts', root, plugins };
  const lua = await buildRole({ ...source, target: 'lua' });
  const js = await buildRole({ ...source, target: 'js' });
  for (const { code } of [lua, js]) expect(code).toContain('ring, copper');
  expect(lintSources({ files: ['world.ts'], root, plugins })).toEqual([]);
  expect(readSourceGraph({ ...source, target: 'lua' }).modules.get('items.yaml.json')?.json).toMatchObject({ bow: { range: 7 } });
  const wrong = await project({ ...data, 'world.ts': world.replace('items.sword.price', 'items.sword.name') });
  await expect(buildRole({ ...source, root: wrong, target: 'lua' })).rejects.toMatchObject({ code: 'bundler/type-error', message: expect.stringMatching(/^world\.ts:6:\d+ .*'name' does not exist/) });
});

it('resolves, loads, transforms and renders, in order, each file once', async () => {
  const seen: string[] = [];
  const first: Plugin = {
    name: 'first',
    resolve: (specifier, importer) => (specifier === 'virtual:greeting' ? join(importer, '..', 'greeting.lua') : undefined),
    load: (file) => (file.endsWith('greeting.lua') ? 'return { text = "HELLO" }' : undefined),
    transform: (code, file) => {
      seen.push(file.split('/').at(-1) ?? '');
      return code.replace('HELLO', 'hello');
    },
  };
  const second: Plugin = { name: 'second', transform: (code) => code.replace('hello', 'hello you'), renderLua: (code, { role }) => `${code}-- ${role}\n` };
  const root = await project({ 'main.lua': 'say(require("virtual:greeting").text, require("b"))', 'b.lua': 'return require("virtual:greeting").text' });
  const { code } = await bundleLua({ entry: 'main.lua', root, plugins: [first, second] });
  expect(await runProgram(code)).toBe('hello you hello you');
  expect(code).toMatch(/-- main\n$/);
  expect(seen.sort()).toEqual(['b.lua', 'greeting.lua', 'main.lua']);
});

const boom = () => { throw Object.assign(new Error('no idea'), { line: 3 }); };

it.each<[string, Plugin, string]>([
  ['resolve', { name: 'mine', resolve: boom }, 'main.lua:3: plugin mine, resolve: no idea'],
  ['load', { name: 'mine', load: boom }, 'main.lua:3: plugin mine, load: no idea'],
  ['transform', { name: 'mine', transform: boom }, 'main.lua:3: plugin mine, transform: no idea'],
  ['renderLua', { name: 'mine', renderLua: boom }, 'main.lua:3: plugin mine, renderLua: no idea'],
  ['a promise', { name: 'mine', load: (() => Promise.resolve('')) as never }, 'main.lua: plugin mine, load: it answered a promise, not text at once'],
])('names plugin, hook and file of what fails: %s', async (hook, plugin, message) => {
  const root = await project({ 'main.lua': 'require("b")', 'b.lua': 'say("b")' });
  await expect(bundleLua({ entry: 'main.lua', root, plugins: [plugin] })).rejects.toMatchObject({
    code: 'bundler/plugin-failed', message, details: { plugin: 'mine', hook: hook === 'a promise' ? 'load' : hook, file: 'main.lua' },
  });
});

it.each([
  ['items.yaml', 'a: 1\nb: [1, 2\n', /^items\.yaml\.json:3:1: plugin yaml, load: /],
  ['loot.csv', 'a,b\n1,2\n3\n', /^loot\.csv\.json:3: plugin csv, load: /],
])('says where %s is wrong, also below rollup', async (file, text, message) => {
  const root = await project({ ...data, [file]: text, 'world.ts': world });
  await expect(buildRole({ role: 'shop', entry: 'world.ts', root, target: 'js', plugins: [yaml(), csv()] })).rejects.toMatchObject({ code: 'bundler/plugin-failed', message: expect.stringMatching(message) });
});

it('builds anew when a data file, a plugin or an option changes, in one program and from the cache', async () => {
  const root = await project({ ...data, 'world.ts': world });
  const cacheDir = join(root, '.cache');
  const stamp = (text: string, key?: string): Plugin => ({ name: 'stamp', ...(key !== undefined && { key }), renderLua: (code) => `${code}-- ${text}\n` });
  const source = (...plugins: Plugin[]): ReleaseSource => ({ game: 'small', version: '1', root, roles: { shop: { entry: 'world.ts', targets: ['lua'] } }, plugins: [yaml(), csv(), ...plugins] });
  const lua = ({ release }: Awaited<ReturnType<typeof buildRelease>>) => Object.entries(release.files).find(([name]) => name.endsWith('.lua'))?.[1] ?? '';
  const kept = async () => (await readdir(cacheDir)).length;

  const bundler = createBundler({ cacheDir });
  const first = await bundler.buildRelease(source());
  await writeFile(join(root, 'loot.csv'), data['loot.csv'].replace('mask', 'cloak'));
  const second = await bundler.buildRelease(source());
  expect(lua(first)).toContain('mask');
  expect(lua(second)).toContain('cloak');
  expect(second.release.files).toEqual((await buildRelease(source())).release.files);
  expect(await kept()).toBe(1);
  for (const text of ['one', 'two']) expect(lua(await bundler.buildRelease(source(stamp(text))))).toContain(`-- ${text}\n`);
  expect(await kept()).toBe(1); // what these plugins depend on is not said
  await bundler.close();

  const later = createBundler({ cacheDir });
  expect((await later.buildRelease(source())).release.id).toBe(second.release.id);
  expect(lua(await later.buildRelease(source(stamp('three', '1'))))).toContain('-- three\n');
  expect(await kept()).toBe(2);
  const semicolons = { ...source(), plugins: [yaml(), csv({ delimiter: ';' })] };
  await expect(later.buildRelease(semicolons)).rejects.toMatchObject({ code: 'bundler/plugin-failed' }); // as these files are none
  await later.close();
}, 60_000);

it('does not mend a file by the places of what a plugin made of it', async () => {
  const text = 'export const half = (a: number, b: number): boolean => a == b;\n';
  const root = await project({ 'main.ts': text });
  const plugins: Plugin[] = [{ name: 'longer', transform: (code) => `// more\n${code}` }];
  expect(await fixSources({ files: ['main.ts'], root, plugins })).toMatchObject({ fixed: 0, findings: [{ rule: 'loose-equality', line: 2 }] });
  expect(await readFile(join(root, 'main.ts'), 'utf8')).toBe(text);
  expect(await fixSources({ files: ['main.ts'], root })).toMatchObject({ fixed: 1 });
});

it('names plugin and file when the layout is read, and refuses an id without an ending', async () => {
  const root = await project({ ...data, 'world.ts': world });
  const source = { role: 'shop', entry: 'world.ts', root, target: 'lua' as const };
  await expect(buildRole({ ...source, plugins: [yaml(), csv(), { name: 'mine', transform: boom }] })).rejects.toMatchObject({ code: 'bundler/plugin-failed', details: { plugin: 'mine', hook: 'transform' } });
  await expect(buildRole({ ...source, plugins: [{ name: 'mine', resolve: () => 'virtual:x' }] })).rejects.toMatchObject({ code: 'bundler/plugin-failed', details: { plugin: 'mine', hook: 'resolve' } });
});

it('refuses two columns of one name', async () => {
  const root = await project({ 'main.lua': 'say(#require("./a.csv"))', 'a.csv': 'a,b,a\n1,2,3\n' });
  await expect(bundleLua({ entry: 'main.lua', root, plugins: [csv()] })).rejects.toMatchObject({ code: 'bundler/plugin-failed', message: 'a.csv.json:1: plugin csv, load: two columns are called "a"' });
});
