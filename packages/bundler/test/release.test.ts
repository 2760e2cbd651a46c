import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buildRelease, readRelease, writeRelease, type ReleaseBuild } from '../src/index.ts';
import { fixtures } from './run-lua.ts';

let root: string;
let copy: string;
let store: string;
let built: ReleaseBuild;

const source = (folder: string) => ({
  game: 'fixture', version: '1.0.0', root: folder,
  roles: { world: { entry: 'world/world.ts', shards: 2 }, market: { entry: 'market/market.lua', dependsOn: ['world'] } },
});

beforeAll(async () => {
  [root, copy, store] = await Promise.all([1, 2, 3].map(() => mkdtemp(join(tmpdir(), 'beamline-release-')))) as [string, string, string];
  for (const folder of [root, copy]) for (const name of ['world', 'market']) await cp(join(fixtures, name), join(folder, name), { recursive: true });
  built = await buildRelease(source(root));
}, 120_000);

afterAll(async () => {
  for (const folder of [root, copy, store]) await rm(folder, { recursive: true });
});

it('describes every role: bundles with hashes and sizes, layout, shards, order', () => {
  const { release, lock, changes } = built;
  expect(Object.keys(release.files).sort()).toEqual(['market.lua', 'market.lua.map', 'world.lua', 'world.lua.map', 'world.mjs', 'world.mjs.map']);
  expect(release.roles['world']?.layout.components.map(({ name, fields }) => [name, fields.map((field) => field.name)])).toEqual([
    ['Position', ['y', 'x']], ['Health', ['hp', 'max']], ['Player', ['address', 'slots']],
  ]);
  expect(release.roles['market']).toMatchObject({ dependsOn: ['world'], shards: 1, clients: { actions: ['Sell'], reads: [] } });
  expect(release.roles['world']?.shards).toBe(2);
  expect(release.roles['world']?.clients?.actions).toEqual(['Count', 'Deep', 'Divide', 'Join', 'Nested', 'Root', 'Spin']);
  expect(lock.roles['market']?.components.map(({ name, id }) => [name, id])).toEqual([['Order', 1], ['Seller', 2]]);
  expect(changes).toEqual({ world: [], market: [] });
});

it('gives the same id and the same bytes from another folder', async () => {
  const again = await buildRelease(source(copy));
  expect(again.release.id).toBe(built.release.id);
  expect(again.release.files).toEqual(built.release.files);
}, 120_000);

it('keeps locked ids when components move, and reports the change', async () => {
  await writeFile(join(copy, 'market/market.lua'), `local ecs = require("@beamline/ecs")
local Fee = ecs.component("Fee", { percent = ecs.u8 })
local Order = ecs.component("Order", { price = ecs.u32, amount = ecs.u32 })
return require("@beamline/kernel").defineRole({ name = "market", components = { Fee, Order } })
`);
  const { release, lock, changes } = await buildRelease({ ...source(copy), roles: { market: { entry: 'market/market.lua' } }, lock: built.lock });
  expect(release.roles['market']?.layout.components.map(({ name, id }) => [name, id])).toEqual([['Fee', 3], ['Order', 1]]);
  expect(changes['market']?.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['component-added', 'component-removed']));
  expect(lock.roles['world']).toEqual(built.lock.roles['world']);
}, 60_000);

it('writes a release once, reads it back, and takes a second write for a success', async () => {
  await writeRelease(store, built.release);
  await writeRelease(store, built.release);
  expect(await readRelease(store, built.release.id)).toEqual(built.release);
  expect(await readdir(store)).toEqual([built.release.id]);
});

it.each(['world.lua', 'world.lua.map', 'market.lua', 'manifest.json'])('names %s when it was changed on disk', async (file) => {
  const dir = await mkdtemp(join(store, 'damaged-'));
  await writeRelease(dir, built.release);
  await writeFile(join(dir, built.release.id, file), '{"format":1}');
  await expect(readRelease(dir, built.release.id)).rejects.toMatchObject({ code: 'bundler/damaged-release', details: { file: join(dir, built.release.id, file) } });
  await expect(writeRelease(dir, built.release)).rejects.toMatchObject({ code: 'bundler/damaged-release' });
});

it('knows a missing release from a damaged one', async () => {
  const dir = await mkdtemp(join(store, 'missing-'));
  await expect(readRelease(dir, built.release.id)).rejects.toMatchObject({ code: 'bundler/missing-release' });
  await writeRelease(dir, built.release);
  await rm(join(dir, built.release.id, 'world.mjs'));
  await expect(readRelease(dir, built.release.id)).rejects.toMatchObject({ code: 'bundler/damaged-release' });
});

it('names modules outside the root by their package, so that no checkout shows in a release', () => {
  const paths = Object.values(built.release.roles).flatMap(({ bundles }) => [bundles.lua, bundles.js].flatMap((ref) => ref?.modules ?? [])).map(({ path }) => path);
  expect(paths).toContain('@beamline/ecs/src/table.ts');
  expect(paths.filter((path) => path.startsWith('/'))).toEqual([]);
  const sources = Object.entries(built.release.files).filter(([file]) => file.endsWith('.map')).flatMap(([, map]) => (JSON.parse(map) as { sources: string[] }).sources);
  expect(sources.filter((file) => file.startsWith('/') || file.startsWith('..'))).toEqual([]);
});
