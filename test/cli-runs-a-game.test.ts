import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createHyperbeam, ethereumSigner } from '@beamline/ao';
import { systemClock } from '@beamline/core';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROGRAM = ['--conditions=@beamline/source', '--disable-warning=ExperimentalWarning', join(ROOT, 'apps/cli/src/main.ts')];

let state: string;
const running: ChildProcess[] = [];
beforeAll(async () => { state = await mkdtemp(join(tmpdir(), 'cli-')); });
afterAll(async () => {
  await Promise.all(running.map(stop));
  await rm(state, { recursive: true });
});

function start(argv: string[]): ChildProcess {
  return spawn(process.execPath, [...PROGRAM, ...argv, '--state', state, '--json'], { cwd: join(ROOT, 'test/cli-game'), stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs a command to its end: exit code and the one object it printed. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the shapes are what is tested
async function beamline(...argv: string[]): Promise<{ exit: number | null; result: any; err: string }> {
  const child = start(argv);
  let out = '';
  let err = '';
  child.stdout?.on('data', (text) => { out += text; });
  child.stderr?.on('data', (text) => { err += text; });
  const exit = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exit, err, result: out === '' ? undefined : JSON.parse(out) };
}

/** Starts a command that runs until it is stopped, and reads the line it prints when it is ready. */
async function stay(...argv: string[]): Promise<{ url: string; child: ChildProcess }> {
  const child = start(argv);
  running.push(child);
  let err = '';
  child.stderr?.on('data', (text) => { err += text; });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve);
    child.once('exit', () => reject(new Error(err)));
  });
  return { url: JSON.parse(line).url, child };
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  return ended;
}

it('bundles, deploys, upgrades, rolls back, snapshots, recovers and serves a game', async () => {
  const node = await stay('network', 'start');
  const network = createHyperbeam({ url: node.url, clock: systemClock });
  const player = ethereumSigner('11'.repeat(32));
  const score = async (points: number): Promise<unknown> => {
    const board = await network.resolve('scores-board-0-local');
    const item = await network.signMessage(player, { target: board!, tags: [{ name: 'Action', value: 'Add' }, { name: 'points', value: String(points) }], data: '' });
    const delivery = await network.send(item);
    return delivery.outcome === 'computed' ? delivery.output['data'] : delivery;
  };

  const first = await beamline('deploy', 'local');
  expect(first).toMatchObject({ exit: 0, result: { outcome: 'complete', instances: { 'board-0': {} } } });
  expect(first.err).toContain('proving: ');
  expect(await score(5)).toBe('5');

  expect((await beamline('snapshot', 'local')).result.snapshots).toMatchObject([{ instance: 'board-0', pagesReused: 0 }]);

  expect(await beamline('recovery', 'local')).toMatchObject({ exit: 0, result: { instances: [{ instance: 'board-0', behind: expect.any(Number), costs: [] }] } });
  await score(0); // refused, and replayed all the same
  expect(await beamline('drill', 'local')).toMatchObject({
    exit: 0, result: { drills: [{ instance: 'board-0', report: { outcome: 'good', replayed: 1, root: expect.stringMatching(/^[0-9a-f]{64}$/) } }] },
  });
  expect(await beamline('recovery', 'local')).toMatchObject({
    exit: 0, result: { instances: [{ instance: 'board-0', proved: { replayed: 1 }, cadence: { reachable: true }, costs: [{ withinMs: 10_000 }, { withinMs: 30_000 }], alerts: [] }] },
  });

  const bundled = await beamline('bundle', '--config', 'beamline.v2.config.ts');
  expect(bundled).toMatchObject({ exit: 0, result: { version: '2.0.0', bundles: [{ role: 'board', target: 'lua' }] } });
  const upgrade = ['deploy', 'local', '--release', bundled.result.release];
  expect(await beamline(...upgrade, '--dry-run')).toMatchObject({ exit: 0, result: { instances: [{ action: 'replace' }] } });
  expect(await beamline(...upgrade)).toMatchObject({ exit: 0, result: { outcome: 'complete' } });
  expect(await score(5)).toBe('15');

  expect(await beamline('rollback', 'local')).toMatchObject({ exit: 0, result: { outcome: 'complete' } });
  expect(await score(5)).toBe('20');

  const { result: before } = await beamline('status', 'local');
  expect(before).toMatchObject({ health: 'healthy', release: { version: '1.0.0' }, instances: [{ id: 'board-0', phase: 'active' }] });
  expect(await beamline('restore', 'local', 'board-0')).toMatchObject({ exit: 1, result: { error: { code: 'stack/instance-alive' } } });
  const lost = before.instances[0].process;
  await fetch(`${node.url}/~beamline@1.0/brick?process=${lost}`, { method: 'POST' });
  expect(await beamline('restore', 'local', 'board-0')).toMatchObject({ exit: 0, result: { from: lost, rootsMatch: true } });
  expect(await score(5)).toBe('25');

  const { result: kept } = await beamline('snapshot', 'local');
  expect(await score(5)).toBe('30');
  expect(await beamline('restore', 'local', 'board-0', '--snapshot', kept.snapshots[0].ref)).toMatchObject({ exit: 0, result: { replayed: 0 } });
  expect(await score(5)).toBe('30');

  const server = await stay('serve', 'local', '--port', '0');
  const status = await (await fetch(`${server.url}/api/status`)).json() as { deployments: object[] };
  expect(status).toMatchObject({ game: 'scores', health: 'healthy', snapshots: [{ instance: 'board-0' }, { instance: 'board-0' }] });
  expect(status.deployments).toHaveLength(3);
  const told = await (await fetch(`${server.url}/api/timeline`)).json() as { kind: string; state?: string }[];
  expect(told.filter(({ kind, state: how }) => kind === 'deployment' && how === 'complete')).toHaveLength(3);
  expect(told.filter(({ kind, state: how }) => kind === 'recovery' && how === 'done')).toHaveLength(2);
  expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/^beamline_instance_up\{instance="board-0",.*\} 1$/m);
  expect(await (await fetch(server.url)).text()).toContain('<title>Beamline</title>');

  expect(await stop(server.child)).toBe(0);
  expect(await stop(node.child)).toBe(0);
}, 240_000);

it('refuses a config with an unknown key before anything happens', async () => {
  const { exit, result } = await beamline('deploy', 'local', '--config', 'wrong.config.ts');
  expect(exit).toBe(1);
  expect(result).toMatchObject({ error: { code: 'stack/bad-config', message: 'environments.local.network: is missing\nenvironments.local.netwrok: unknown key, did you mean network?' } });
});
