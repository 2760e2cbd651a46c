import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Signer } from '@beamline/core';
import { assertTrusted, buildRelease, mapLuaPosition, readRelease, signRelease, writeRelease, type Release, type ReleaseBuild, type SignatureCheck } from '../src/index.ts';
import { releaseId, sha256 } from '../src/release.ts';
import { fixtures } from './run-lua.ts';

let root: string;
let copy: string;
let store: string;
let built: ReleaseBuild;

const source = (folder: string) => ({
  game: 'fixture', version: '1.0.0', root: folder, commit: 'c0ffee', lockfile: { name: 'package-lock.json', sha256: 'ab' },
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

it('gives the same id and the same bytes in another process, folder, working folder, locale and time zone', async () => {
  const program = fileURLToPath(new URL('build-elsewhere.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@beamline/source', '--disable-warning=ExperimentalWarning', program, JSON.stringify(source(copy))], {
    cwd: copy, env: { PATH: process.env['PATH'], TZ: 'Pacific/Chatham', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', HOME: copy, NO_COLOR: '1' }, maxBuffer: 1 << 26,
  });
  const again = JSON.parse(stdout) as ReleaseBuild['release'];
  expect(again.id).toBe(built.release.id);
  expect(again).toEqual(JSON.parse(JSON.stringify(built.release)));
}, 120_000);

it('names commit, lockfile and toolchain, and each module with the hash of its source', async () => {
  const { commit, lockfile, toolchain, roles } = built.release;
  expect({ commit, lockfile, toolchain }).toMatchObject({ commit: 'c0ffee', lockfile: { name: 'package-lock.json', sha256: 'ab' }, toolchain: { typescript: expect.any(String) } });
  for (const ref of [roles['world']?.bundles.lua, roles['world']?.bundles.js]) {
    const text = await readFile(join(root, 'world/world.ts'));
    expect(ref?.modules.find(({ path }) => path === 'world/world.ts')?.sha256).toBe(createHash('sha256').update(text).digest('hex'));
  }
  const unhashed = Object.values(roles).flatMap(({ bundles }) => bundles.lua.modules).filter(({ sha256 }) => sha256 === undefined).map(({ path }) => path);
  expect(unhashed.filter((path) => !/__beamline|lualib/.test(path))).toEqual([]);
});

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

it('makes a chunk for aos of a Lua bundle where asked, whose map leads to the same places', async () => {
  const aosChunk = (text: string) => `-- before\n-- before\nreturn function()\n${text}\nend\n`;
  const { release } = await buildRelease({ ...source(root), roles: { market: { entry: 'market/market.lua', targets: ['aos'] } }, aosChunk });
  const { lua, aos } = release.roles['market']!.bundles;
  expect(release.files['market.aos.lua']).toBe(aosChunk(release.files['market.lua'] ?? ''));
  expect(aos).toMatchObject({ file: 'market.aos.lua', sha256: sha256(release.files['market.aos.lua'] ?? '') });
  for (const line of [1, 2, 3]) expect(mapLuaPosition(release.files[aos!.map] ?? '', line + 3)).toEqual(mapLuaPosition(release.files[lua.map] ?? '', line));
  expect(await readRelease(store, (await writeRelease(store, release), release.id))).toEqual(release);
  await rm(join(store, release.id), { recursive: true });
  await expect(buildRelease({ ...source(root), roles: { market: { entry: 'market/market.lua', targets: ['aos'] } } })).rejects.toMatchObject({ code: 'bundler/unsupported' });
}, 120_000);

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

describe('a signature', () => {
  // A stand-in for keys, which live in @beamline/ao: whoever knows the key can sign and check. The format is what is tested here.
  const print = (key: Uint8Array, bytes: Uint8Array) => createHash('sha256').update(key).update(bytes).digest();
  const signer = (name: string): Signer => ({ address: name, type: 1, publicKey: Buffer.from(name), sign: async (bytes) => print(Buffer.from(name), bytes) });
  const checkSignature: SignatureCheck = async (bytes, { publicKey, signature }) => (print(publicKey, bytes).equals(signature) ? Buffer.from(publicKey).toString() : undefined);
  const kept = async (release: Release) => {
    const dir = await mkdtemp(join(store, 'signed-'));
    await writeRelease(dir, release);
    return { dir, file: join(dir, release.id, 'signature.json'), read: () => readRelease(dir, release.id, { checkSignature }) };
  };

  it('lies beside the manifest, leaves the id alone, and is read back', async () => {
    const { read } = await kept(await signRelease(built.release, signer('ann')));
    expect(await read()).toMatchObject({ id: built.release.id, signature: { version: 1, signer: 'ann', type: 1 } });
  });

  it('is added to a release that is there already, and replaced by another', async () => {
    const { dir, read } = await kept(built.release);
    expect((await read()).signature).toBeUndefined();
    for (const name of ['ann', 'bob']) {
      await writeRelease(dir, await signRelease(built.release, signer(name)));
      expect((await read()).signature?.signer).toBe(name);
    }
    await writeRelease(dir, built.release);
    expect((await read()).signature?.signer).toBe('bob');
  });

  it.each([
    ['of another release', async () => (await signRelease({ ...built.release, version: '9' }, signer('ann'))).signature],
    ['in another name', async () => ({ ...(await signRelease(built.release, signer('bob'))).signature, signer: 'ann' })],
    ['cut short', async () => ({ ...(await signRelease(built.release, signer('ann'))).signature, signature: '' })],
    ['of another version', async () => ({ ...(await signRelease(built.release, signer('ann'))).signature, version: 2 })],
  ])('%s is refused', async (_what, spoiled) => {
    const { file, read } = await kept(await signRelease(built.release, signer('ann')));
    await writeFile(file, JSON.stringify(await spoiled()));
    await expect(read()).rejects.toMatchObject({ code: 'bundler/wrong-signature', details: { file } });
  });

  it('must be of somebody who is trusted, where anybody is', async () => {
    const signed = await signRelease(built.release, signer('ann'));
    expect(() => assertTrusted(built.release, undefined)).not.toThrow();
    expect(() => assertTrusted(signed, ['bob', 'ann'])).not.toThrow();
    expect(() => assertTrusted(signed, ['bob'])).toThrow(expect.objectContaining({ code: 'bundler/untrusted-signer' }));
    expect(() => assertTrusted(built.release, ['bob'])).toThrow(expect.objectContaining({ code: 'bundler/unsigned-release' }));
  });
});

it('reads a release of before, which has no lockfile and no hashes of modules', async () => {
  const dir = await mkdtemp(join(store, 'older-'));
  const { id: _, files, lockfile: __, ...manifest } = built.release;
  const roles = JSON.parse(JSON.stringify(manifest.roles, (key, value: unknown) => (key === 'sha256' && typeof value === 'string' && !Object.values(files).some((text) => sha256(text) === value) ? undefined : value))) as Release['roles'];
  const older: Release = { ...manifest, roles, id: releaseId({ ...manifest, roles }), files };
  expect(older.roles['world']?.bundles.lua.modules.every((module) => !('sha256' in module))).toBe(true);
  await writeRelease(dir, older);
  expect(await readRelease(dir, older.id)).toEqual(older);
});
