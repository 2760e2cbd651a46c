import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Release } from '@beamline/bundler';
import { writeRelease } from '@beamline/bundler/release';
import { isFault, systemClock } from '@beamline/core';
import { createManualClock } from '@beamline/core/testing';
import { emptyState, parsePlan, printPlan } from '@beamline/deployer';
import { createFsEnvironmentStore } from '@beamline/deployer/fs';
import { canonicalJson, component, layoutHash, layoutOf, u8 } from '@beamline/ecs';
import { createStack, type StackOverrides } from '../src/create-stack.ts';
import type { BeamlineConfig } from '../src/config.ts';

let root: string;
let node: Server;
let asked: number;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'apply-'));
  asked = 0;
  node = createServer((_, response) => { asked += 1; response.writeHead(503).end(); });
  await new Promise<void>((ready) => node.listen(0, '127.0.0.1', ready));
  await writeFile(join(root, 'key'), 'ab'.repeat(32));
});
afterEach(async () => {
  node.closeAllConnections();
  await new Promise((closed) => node.close(closed));
  await rm(root, { recursive: true });
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A release as a build gives it, but for its code. */
function release(version: string): Release {
  const layout = layoutOf([component('Score', { points: u8 })]);
  const code = `return "${version}"`;
  const bundles = { lua: { file: 'board.lua', map: 'board.lua.map', sha256: sha256(code), mapSha256: sha256('{}'), bytes: code.length, gzipBytes: 1, modules: [] } };
  const manifest = { format: 1 as const, game: 'scores', version, roles: { board: { bundles, layout, layoutHash: layoutHash(layout), dependsOn: [], shards: 1 } }, migrations: [], toolchain: {} };
  return { ...manifest, id: sha256(canonicalJson(manifest)), files: { 'board.lua': code, 'board.lua.map': '{}' } };
}

async function open(changes: Partial<BeamlineConfig['environments'][string]> = {}, overrides: StackOverrides = {}) {
  const url = `http://127.0.0.1:${(node.address() as AddressInfo).port}`;
  const stack = createStack({
    game: 'scores', version: '1', roles: { board: { entry: 'v1.ts' } }, environments: { live: { network: { kind: 'hyperbeam', url }, signer: 'file:key', ...changes } },
  }, { root, clock: createManualClock(1_700_000_000_000), ...overrides });
  return { stack, live: stack.environment('live') };
}

/** v1 runs, v2 is planned and saved. */
async function saved(): Promise<string> {
  const [v1, v2] = [release('1'), release('2')];
  for (const each of [v1, v2]) await writeRelease(join(root, '.beamline/releases'), each);
  const board = v1.roles['board']!;
  await createFsEnvironmentStore({ root: join(root, '.beamline') }).write({
    ...emptyState('live', 'scores'), release: v1.id, modules: { [board.bundles.lua.sha256]: 'm'.repeat(43) },
    instances: { 'board-0': { role: 'board', shard: 0, process: 'p'.repeat(43), alias: 'scores-board-0-live', release: v1.id, bundle: board.bundles.lua.sha256, layout: board.layout, layoutHash: board.layoutHash, since: 0, forwarders: [] } },
  });
  const { stack, live } = await open();
  const text = printPlan({ request: { way: 'deploy', release: v2.id }, plan: await live.plan(v2.id) });
  await stack.close();
  return JSON.stringify(JSON.parse(text));
}

const rehashed = ({ sha256: _, ...content }: Record<string, unknown>): string => JSON.stringify({ ...content, sha256: sha256(canonicalJson(content)) });

it('reaches the network for no plan but the one that would be planned, however it was edited and hashed', async () => {
  const text = await saved();
  const { stack, live } = await open();
  let state = 7;
  const roll = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const values: readonly unknown[] = [null, true, 0, -1, 1.5, '', 'x', '../x', 'ab'.repeat(32), 'p'.repeat(43), [], {}, 'in-place'];
  const codes = new Map<string, number>();
  for (let n = 0; n < 400; n += 1) {
    const file = JSON.parse(text) as Record<string, unknown>;
    const places: [Record<string, unknown>, string][] = [];
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const key of Object.keys(value)) {
        places.push([value as Record<string, unknown>, key]);
        walk((value as Record<string, unknown>)[key]);
      }
    };
    walk(file);
    // Estimates decide nothing, and the hash is made again.
    const [parent, key] = places.filter(([, name]) => !['expectedMessages', 'expectedPauseMs', 'sha256'].includes(name))[roll(places.length - 3)]!;
    const before = parent[key];
    parent[key] = values[roll(values.length)];
    if (canonicalJson(before ?? null) === canonicalJson(parent[key])) continue;
    const told = await (async () => live.apply(parsePlan(rehashed(file))))().then(() => 'done', (error: unknown) => error);
    if (!isFault(told)) throw told;
    codes.set(told.code, (codes.get(told.code) ?? 0) + 1);
  }
  await stack.close();
  expect([...codes.keys()].sort()).toEqual(expect.arrayContaining(['deployer/bad-plan', 'deployer/drifted']));
  expect([...codes.keys()].filter((code) => !['bundler/missing-release', 'deployer/bad-plan', 'deployer/drifted', 'deployer/other-game'].includes(code))).toEqual([]);
  expect(asked).toBe(0);
  expect(await readdir(join(root, '.beamline/live'))).not.toContain('journal');
  // The plan itself would be begun.
  const whole = await open({}, { clock: systemClock });
  const stop = new AbortController();
  node.once('request', () => stop.abort(new Error('begun')));
  await expect(whole.live.apply(parsePlan(text), stop.signal)).rejects.toThrow();
  await whole.stack.close();
  expect(asked).toBeGreaterThan(0);
}, 60_000);

it.each<[string, Partial<BeamlineConfig['environments'][string]>, (state: { modules: Record<string, string>; instances: Record<string, Record<string, unknown>> }) => void, string]>([
  ['the config’s strategy', { strategy: 'in-place' }, () => undefined, 'strategy would be planned otherwise'],
  ['a module', {}, ({ modules }) => { for (const bundle of Object.keys(modules)) modules[bundle] = 'n'.repeat(43); }, 'the module of board-0 was'],
  ['a process', {}, ({ instances }) => { instances['board-0']!['process'] = 'q'.repeat(43); }, 'board-0 was p'],
  ['a layout', {}, ({ instances }) => { instances['board-0']!['layoutHash'] = 'ab'.repeat(32); }, 'board-0 runs another bundle'],
  ['who still forwards', {}, ({ instances }) => { instances['board-0']!['forwarders'] = ['f'.repeat(43)]; }, 'changes[0].forwarders'],
])('is refused once %s has changed', async (_what, config, change, words) => {
  const text = await saved();
  const file = join(root, '.beamline/live/environment.json');
  const state = JSON.parse(await readFile(file, 'utf8'));
  change(state);
  await writeFile(file, JSON.stringify(state));
  const { stack, live } = await open(config);
  await expect(live.apply(parsePlan(text))).rejects.toMatchObject({ code: 'deployer/drifted', message: expect.stringContaining(words) });
  await stack.close();
  expect(asked).toBe(0);
});

it('is refused for a release that is not signed, or not here, where it must be', async () => {
  const text = await saved();
  const { stack } = await open();
  const signed = createStack({ ...stack.config, signing: { signers: ['0x' + 'ab'.repeat(20)] } }, { root, clock: createManualClock(0) });
  await expect(signed.environment('live').apply(parsePlan(text))).rejects.toMatchObject({ code: 'bundler/unsigned-release' });
  await rm(join(root, '.beamline/releases', parsePlan(text).plan.to), { recursive: true });
  await expect(stack.environment('live').apply(parsePlan(text))).rejects.toMatchObject({ code: 'bundler/missing-release' });
  await Promise.all([stack.close(), signed.close()]);
  expect(asked).toBe(0);
});
