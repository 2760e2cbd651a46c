import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buildRelease, createBundler, type Bundler, type ReleaseSource } from '../src/index.ts';

let root: string;
let bundler: Bundler;
let source: ReleaseSource;
const built: string[] = [];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'beamline-incremental-'));
  await write('price.ts', 'export const base = 5;\nexport function price(level: number): number { return base * level; }\nexport function unused(): number { return 77001; }\n');
  await write('shapes.ts', "export interface Thing { level: number; say(): string }\nexport const thing = (level: number): Thing => ({ level, say() { return `${level}`; } });\n");
  await write('names.json', '{ "hero": "Ada" }');
  await write('barrel.ts', "export * from './price.ts';\nexport * from './shapes.ts';\n");
  const role = (name: string, body: string) => `import { component, i32 } from '@beamline/ecs';
import { defineRole } from '@beamline/kernel';
${body}
const Position = /*#__PURE__*/ component('Position', { x: i32 });
export default defineRole({ name: '${name}', components: [Position], actions: { Go: () => answer() } });
`;
  await write('world.ts', role('world', "import { price, thing } from './barrel.ts';\nconst answer = () => `${price(3)} ${thing(2).say()}`;"));
  await write('battle.ts', role('battle', "import names from './names.json' with { type: 'json' };\nconst answer = () => names.hero;"));
  source = { game: 'small', version: '1', root, roles: { world: { entry: 'world.ts', targets: ['lua'] }, battle: { entry: 'battle.ts', targets: ['lua'] } }, onBundle: ({ role }) => built.push(role) };
  bundler = createBundler({ cacheDir: join(root, '.cache') });
  await bundler.buildRelease(source);
}, 120_000);
afterAll(async () => {
  await bundler.close();
  await rm(root, { recursive: true });
});

const write = (name: string, text: string) => writeFile(join(root, name), text);
const edit = async (name: string, from: string, to: string) => write(name, (await readFile(join(root, name), 'utf8')).replace(from, to));

/** Builds with what is warm, and from nothing: they must not differ in a byte. */
async function agree(): Promise<string> {
  const { release } = await bundler.buildRelease(source);
  const clean = await buildRelease(source);
  expect(release.files).toEqual(clean.release.files);
  expect(release.id).toBe(clean.release.id);
  return release.id;
}

it.each<[string, () => Promise<void>]>([
  ['a body changes', () => edit('price.ts', 'base * level', 'base + level')],
  ['a constant changes', () => edit('price.ts', 'base = 5', 'base = 6')],
  ['a type changes, and with it what + means elsewhere', () => edit('price.ts', 'level: number): number { return base + level', 'level: number): string { return `${base}` + level')],
  ['a method takes to using this', () => edit('shapes.ts', '`${level}`', '`${this.level}`')],
  ['what was dead comes alive', () => edit('world.ts', 'price(3)}', 'price(3)} ${unused()}')],
  ['an import appears', () => edit('world.ts', 'price, thing', 'price, thing, unused')],
  ['data changes', () => edit('names.json', 'Ada', 'Grace')],
  ['a module appears and is used', async () => {
    await write('extra.ts', 'export const extra = (): string => "more";\n');
    await edit('barrel.ts', "export * from './shapes.ts';", "export * from './shapes.ts';\nexport * from './extra.ts';");
    await edit('world.ts', 'price, thing', 'extra, price, thing');
    await edit('world.ts', '${price(3)}', '${extra()}${price(3)}');
  }],
  ['a barrel leads elsewhere', async () => {
    await write('other.ts', 'export const extra = (): string => "other";\n');
    await edit('barrel.ts', './extra.ts', './other.ts');
  }],
  ['a component appears', () => edit('world.ts', 'components: [Position]', "components: [Position, /*#__PURE__*/ component('Health', { hp: i32 })]")],
])('gives the bytes of a clean build after %s', async (name, change) => {
  await change();
  // A call of what is not imported yet is an error; the build after the next edit starts from there.
  if (name.startsWith('what was dead')) return void await expect(bundler.buildRelease(source)).rejects.toMatchObject({ code: 'bundler/type-error', details: { file: 'world.ts', line: 4 } });
  await agree();
}, 120_000);

it('survives errors, names their place and goes on from there', async () => {
  await write('price.ts', `${await readFile(join(root, 'price.ts'), 'utf8')}export const wrong: number = 'text';\n`);
  await expect(bundler.buildRelease(source)).rejects.toMatchObject({ code: 'bundler/type-error', details: { file: 'price.ts', line: 4, column: 14 } });
  await edit('price.ts', "export const wrong: number = 'text';\n", 'export const wrong = ;\n');
  await expect(bundler.buildRelease(source)).rejects.toMatchObject({ code: 'bundler/syntax-error', details: { file: 'price.ts', line: 4 } });
  await edit('price.ts', 'export const wrong = ;\n', '');
  await edit('world.ts', './barrel.ts', './later.ts');
  await expect(bundler.buildRelease(source)).rejects.toMatchObject({ code: 'bundler/unresolved-import' });
  await write('later.ts', "export * from './barrel.ts';\n");
  await agree();
}, 120_000);

it('builds only the roles whose code has changed', async () => {
  const { release: before } = await bundler.buildRelease(source);
  await edit('names.json', 'Grace', 'Hedy');
  const { release: after } = await bundler.buildRelease(source);
  expect(after.roles['world']).toEqual(before.roles['world']);
  expect(after.roles['battle']?.bundles.lua.sha256).not.toBe(before.roles['battle']?.bundles.lua.sha256);
}, 60_000);

it('finds everything built in another program, and believes nothing that was tampered with', async () => {
  const { release } = await bundler.buildRelease(source);
  const again = createBundler({ cacheDir: join(root, '.cache') });
  const from = await again.buildRelease(source);
  await again.close();
  expect(from.release.id).toBe(release.id);
  const files = (await readdir(join(root, '.cache'))).sort();
  expect(files).toHaveLength(2);
  await edit(`.cache/${files[0]}`, 'function', 'functiom');
  await writeFile(join(root, '.cache', files[1] ?? ''), (await readFile(join(root, '.cache', files[1] ?? ''))).subarray(0, 1000));
  await appendFile(join(root, '.cache/half.json.tmp'), 'a draft that nobody finished');
  const wary = createBundler({ cacheDir: join(root, '.cache') });
  const built = await wary.buildRelease(source);
  await wary.close();
  expect(built.release.id).toBe(release.id);
  expect(built.warnings.filter((text) => text.includes('not what was written'))).toHaveLength(2);
}, 120_000);
