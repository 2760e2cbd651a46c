import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, readdir, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { systemClock, type Signer } from '@beamline/core';
import { createHyperbeam, createStack, defineConfig, type RunningNetwork } from '@beamline/stack';
import { createWallet, ethereumSigner } from '@beamline/ao';
import { setup, type CliTest } from './setup.ts';

const MAIN = new URL('../src/main.ts', import.meta.url).pathname;
const LUA = 'function compute(base, req) base.count = (base.count or 0) + 1; base.results = { output = { data = "ok" } }; return base end';
const player: Signer = ethereumSigner('42'.repeat(32));

let shared: string;
let root: string;
let dir: string;
beforeAll(async () => {
  shared = await mkdtemp(join(tmpdir(), 'beamline-cli-'));
  await createWallet(join(shared, 'operator.json'));
});
afterAll(() => rm(shared, { recursive: true }));
/** A folder with a wallet, which would take seconds to make for each test. */
async function prepare(folder = dir): Promise<void> {
  await mkdir(folder, { recursive: true });
  await copyFile(join(shared, 'operator.json'), join(folder, 'operator.json'));
}
const children: ChildProcess[] = [];
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'beamline-cli-')));
  dir = join(root, 'net');
});
afterEach(async () => {
  await cli('stop').catch(() => undefined);
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(root, { recursive: true, force: true });
});

interface Ran { exit: number; out: string; err: string; json: Record<string, unknown> }

/** `beamline network …` in this process. */
async function cli(...argv: string[]): Promise<Ran> {
  const test = setup();
  const exit = await test.run('network', ...argv, '--dir', dir, '--json');
  return { exit, out: test.out.join('\n'), err: test.err.join('\n'), json: test.out.length > 0 ? JSON.parse(test.out[0] as string) as Record<string, unknown> : {} };
}

/** The real program. */
function program(...argv: string[]): { child: ChildProcess; ended: Promise<Ran>; firstLine: Promise<string> } {
  const child = spawn(process.execPath, ['--conditions=@beamline/source', '--disable-warning=ExperimentalWarning', MAIN, 'network', ...argv], { stdio: ['ignore', 'pipe', 'pipe'], cwd: root });
  children.push(child);
  let [out, err] = ['', ''];
  const firstLine = new Promise<string>((resolve) => child.stdout!.on('data', (text: Buffer) => {
    out += text.toString();
    if (out.includes('\n')) resolve(out.split('\n')[0] as string);
  }));
  child.stderr!.on('data', (text: Buffer) => (err += text.toString()));
  const ended = new Promise<Ran>((resolve) => child.once('close', (code) => resolve({ exit: code ?? -1, out, err, json: out === '' ? {} : JSON.parse(out.split('\n')[0] as string) as Record<string, unknown> })));
  return { child, ended, firstLine };
}

async function play(url: string, messages: number): Promise<string> {
  const network = createHyperbeam({ url, clock: systemClock });
  const module = await network.spawn(await network.signModule(player, LUA));
  const game = await network.spawn(await network.signProcess(player, { module, tags: [], data: '' }));
  for (let i = 0; i < messages; i++) await network.send(await network.signMessage(player, { target: game, tags: [], data: '' }));
  return game;
}
const isAlive = (pid: number) => { try { return process.kill(pid, 0); } catch { return false; } };

it('starts detached, tells its status, stops, and comes back at the same address with everything', async () => {
  await prepare();
  const started = await program('start', '--dir', dir, '--detach', '--json', '--limits', 'computeMs=2000').ended;
  expect(started).toMatchObject({ exit: 0, json: { dir, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/) } });
  const { url, pid } = started.json as { url: string; pid: number };
  expect(isAlive(pid)).toBe(true); // the program that started it has ended

  const game = await play(url, 3);
  const status = await cli('status');
  expect(status).toMatchObject({ exit: 0, json: { running: true, url, pid, dir, processes: 2, slots: 5, bricked: 0, cronTasks: 0, forks: {}, aliases: {} } });
  expect(status.json['logBytes']).toBe((await stat(join(dir, 'network.log'))).size);
  expect(status.json['uptimeMs']).toBeGreaterThan(0);

  expect(await cli('stop')).toMatchObject({ exit: 0, json: { stopped: true, pid } });
  expect(isAlive(pid)).toBe(false);
  expect(await cli('status')).toMatchObject({ exit: 1, json: { running: false, dir } });
  expect(await cli('stop')).toMatchObject({ exit: 0, json: { stopped: false } });

  const again = await cli('start', '--detach');
  expect(again.json['url']).toBe(url);
  expect(await createHyperbeam({ url, clock: systemClock }).slots(game)).toMatchObject({ scheduled: 3 });
});

it('runs in the foreground until it is told to stop, and leaves nothing behind', async () => {
  await prepare();
  const { child, ended, firstLine } = program('start', '--dir', dir, '--json', '--port', '0');
  const { url, pid } = JSON.parse(await firstLine) as { url: string; pid: number };
  expect(await (await fetch(`${url}/~beamline@1.0/status`)).json()).toMatchObject({ pid, dir });
  child.kill('SIGINT');
  expect((await ended).exit).toBe(0);
  expect(isAlive(pid)).toBe(false);
  expect(await readdir(dir)).not.toContain('network.lock');
});

it('says so when a foreground network is ended by somebody else', async () => {
  await prepare();
  const { ended, firstLine } = program('start', '--dir', dir, '--json');
  await firstLine;
  expect(await cli('stop')).toMatchObject({ exit: 0 });
  const ran = await ended;
  expect([ran.exit, ran.err]).toEqual([1, expect.stringContaining('cli/network-ended')]);
});

it('lets one of two starts on a folder win, and gives the other a Fault', async () => {
  await prepare();
  const both = await Promise.all([cli('start', '--detach'), cli('start', '--detach')]);
  const [won, lost] = both.sort((a, b) => a.exit - b.exit) as [Ran, Ran];
  expect([won.exit, lost.exit]).toEqual([0, 1]);
  expect(lost.json).toMatchObject({ error: { code: 'ao/network-running', hint: expect.stringContaining('network stop') } });
  expect(await cli('status')).toMatchObject({ json: { running: true, url: won.json['url'] } });
  expect(await cli('start', '--detach')).toMatchObject({ exit: 1, json: { error: { code: 'ao/network-running' } } });
});

it('starts again after the network was killed', async () => {
  await prepare();
  const { json } = await cli('start', '--detach');
  process.kill(json['pid'] as number, 'SIGKILL');
  while (isAlive(json['pid'] as number)) await new Promise((resolve) => setImmediate(resolve));
  expect(await cli('status')).toMatchObject({ exit: 1, json: { running: false } });
  const again = await cli('start', '--detach');
  expect(again).toMatchObject({ exit: 0, json: { url: json['url'] } });
});

it('never ends a stranger: not one with the announced pid, nor one that answers at the announced address', async () => {
  const stranger = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  children.push(stranger);
  const pid = stranger.pid as number;
  let claim: object = { pid, dir: '/somewhere/else' };
  const server = createServer((_, response) => response.end(JSON.stringify(claim)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await mkdir(dir);
    for (const announcement of [{ version: 1, url: 'http://127.0.0.1:1', pid }, { version: 1, url, pid }, { version: 1, url: 'http://192.0.2.1:80', pid }, { version: 2, url, pid }]) {
      await writeFile(join(dir, 'network.json'), JSON.stringify(announcement));
      expect(await cli('stop')).toMatchObject({ exit: 0, json: { stopped: false } });
    }
    claim = { pid: 1, dir };
    await writeFile(join(dir, 'network.json'), JSON.stringify({ version: 1, url, pid }));
    expect(await cli('stop')).toMatchObject({ exit: 0, json: { stopped: false } });
    expect(isAlive(pid)).toBe(true);
    // A hold on the folder by a live process that does not answer is told, not touched.
    const lock = join(dir, 'network.lock');
    await writeFile(lock, '');
    const { ino } = await stat(lock);
    const began = (await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') ')).split(') ')[1]?.split(' ')[19] ?? '';
    const holder = { version: 1, host: (await import('node:os')).hostname(), pid, began, token: 'x', inode: String(ino) };
    await writeFile(lock, JSON.stringify(holder));
    expect(await cli('stop')).toMatchObject({ exit: 1, json: { error: { code: 'ao/network-not-answering' } } });
    expect(await cli('status')).toMatchObject({ exit: 1, json: { running: false, pid } });
    expect(isAlive(pid)).toBe(true);
    // The pid went to a stranger after the holder died: the hold is over.
    await writeFile(lock, JSON.stringify({ ...holder, began: '1' }));
    expect(await cli('status')).toMatchObject({ json: { running: false, dir } });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

it('resets only when told twice, only what does not run, and keeps the wallet', async () => {
  await prepare();
  const { json: { url } } = await cli('start', '--detach');
  await play(url as string, 1);
  expect(await cli('reset', '--yes')).toMatchObject({ exit: 1, json: { error: { code: 'ao/network-running' } } });
  await cli('stop');
  const wallet = await readFile(join(dir, 'operator.json'), 'utf8');
  // Full parts of a log, and one that a crash left half compressed.
  for (const part of ['network.log.000001', 'network.log.000002.cold', 'network.log.000003.cold.part']) await writeFile(join(dir, part), '');
  expect(await cli('reset')).toMatchObject({ exit: 2, json: { error: { code: 'cli/flags' } } });
  expect(await readdir(dir)).toContain('network.log');
  expect(await cli('reset', '--yes')).toMatchObject({ exit: 0, json: { deleted: expect.arrayContaining(['network.log', 'network.json']) } });
  expect(await readdir(dir)).toEqual(['operator.json']);
  expect(await readFile(join(dir, 'operator.json'), 'utf8')).toBe(wallet);
  expect(await cli('reset', '--yes')).toMatchObject({ exit: 0, json: { deleted: [] } });
  const fresh = await cli('start', '--detach');
  expect(await cli('status')).toMatchObject({ json: { url: fresh.json['url'], processes: 0, slots: 0 } });
});

it('deletes nothing of a folder that is no network’s', async () => {
  const cases: [string, () => Promise<unknown>][] = [
    ['somebody’s files beside a log', async () => { await writeFile(join(dir, 'network.log'), ''); await writeFile(join(dir, 'thesis.txt'), 'x'); }],
    ['a file that is called like a log', () => writeFile(join(dir, 'network.log'), 'not a log')],
    ['snapshots of something else', () => mkdir(join(dir, 'snapshots'))],
    ['a link to elsewhere', async () => { await mkdir(join(root, 'precious'), { recursive: true }); await writeFile(join(root, 'precious', 'a'), 'x'); await symlink(join(root, 'precious'), join(dir, 'photos')); }],
  ];
  for (const [, make] of cases) {
    await mkdir(dir);
    await make();
    const before = await readdir(dir);
    expect(await cli('reset', '--yes')).toMatchObject({ exit: 1, json: { error: { code: 'ao/not-a-network' } } });
    expect(await readdir(dir)).toEqual(before);
    await rm(dir, { recursive: true });
  }
  expect(await readFile(join(root, 'precious', 'a'), 'utf8')).toBe('x');
});

it('copies a live process from another network, up to a slot, and says when it cannot', async () => {
  await prepare();
  await cli('start', '--detach');
  const elsewhere = join(root, 'live');
  await prepare(elsewhere);
  const live = setup();
  expect(await live.run('network', 'start', '--dir', elsewhere, '--detach', '--json')).toBe(0);
  try {
    const { url } = live.json() as RunningNetwork;
    const game = await play(url, 4);
    expect(await cli('fork', `${game}@2`, '--from', url)).toMatchObject({ exit: 0, json: { process: game, slot: 2, messages: 4 } });
    const { json } = await cli('status');
    expect(json).toMatchObject({ forks: { [game]: 'hyperbeam' } });
    const here = json['url'] as string;
    expect(await (await fetch(`${here}/${game}~process@1.0/now/count`)).text()).toBe('3');
    expect(await cli('fork', game, '--from', url, '--to', `${here}/`)).toMatchObject({ exit: 0, json: { slot: 4 } });
    expect(await (await fetch(`${here}/${game}~process@1.0/now/count`)).text()).toBe('5');
    expect(await cli('fork', game, '--from', here, '--to', 'nowhere')).toMatchObject({ exit: 2 });
    expect(await cli('fork', 'arena', '--from', url)).toMatchObject({ exit: 2, json: { error: { code: 'cli/flags' } } });
    await cli('stop');
    expect(await cli('fork', game, '--from', url)).toMatchObject({ exit: 1, json: { error: { code: 'cli/network-not-running' } } });
  } finally {
    await setup().run('network', 'stop', '--dir', elsewhere);
  }
});

it('copies a process from a legacynet environment through its units, and says what those do not show', async () => {
  const networks = { live: join(root, 'live'), local: join(root, '.beamline', 'local', 'network') };
  const running: Record<string, string> = {};
  try {
    for (const [name, folder] of Object.entries(networks)) {
      await prepare(folder);
      const test = setup();
      expect(await test.run('network', 'start', '--dir', folder, '--detach', '--json')).toBe(0);
      running[name] = (test.json() as RunningNetwork).url;
    }
    const live = running['live'] as string;
    const config = defineConfig({
      game: 'arena', version: '1.0.0', roles: { world: { entry: './world.ts' } },
      environments: {
        local: { network: { kind: 'local' } },
        old: { network: { kind: 'legacynet', muUrl: `${live}/mu`, cuUrl: `${live}/cu`, suUrl: `${live}/su`, aosModule: 'm'.repeat(43) }, signer: 'env:W' },
      },
    });
    const fork = async (...argv: string[]) => {
      const test = setup({ openStack: async () => createStack(config, { root }) });
      return { exit: await test.run('network', 'fork', ...argv, '--json'), answer: test.json() };
    };
    const game = await play(live, 4);
    expect(await fork(`${game}@2`, 'local', '--from', 'old')).toMatchObject({ exit: 0, answer: { process: game, slot: 2, messages: 4, from: `${live}/cu` } });
    const here = running['local'] as string;
    expect(await (await fetch(`${here}/${game}~process@1.0/now/count`)).text()).toBe('3');
    expect(await fork(game, 'local', '--from', 'old')).toMatchObject({ exit: 0, answer: { slot: 4 } });

    const network = createHyperbeam({ url: live, clock: systemClock });
    const nowhere = await network.spawn(await network.signProcess(player, { module: 'n'.repeat(43), tags: [], data: '' }));
    expect(await fork(nowhere, 'local', '--from', 'old')).toMatchObject({ exit: 1, answer: { error: { code: 'ao/no-module', hint: expect.stringContaining('/gw/tx') } } });
    expect(await fork(game, 'old', '--from', live)).toMatchObject({ exit: 2, answer: { error: { code: 'cli/flags' } } });
  } finally {
    for (const folder of Object.values(networks)) await setup().run('network', 'stop', '--dir', folder);
  }
});

it('takes an id that begins with a dash for an id, as an argument and as a flag’s value', async () => {
  await prepare();
  const { json: { url } } = await cli('start', '--detach');
  const id = `-${'a'.repeat(41)}-`;
  for (const process of [id, `${id}@2`]) {
    expect(await cli('fork', process, '--from', url as string)).toMatchObject({ exit: 1, json: { error: { code: 'ao/unknown-process' } } });
  }
  // As a flag's value: it is named as it was written.
  expect(await cli('fork', id, '--from', url as string, '--to', id)).toMatchObject({ exit: 2, json: { error: { message: expect.stringMatching(`not ${id}$`) } } });
});

it('finds the folder of an environment in the config, and the environments to fork from', async () => {
  const config = defineConfig({
    game: 'arena', version: '1.0.0', roles: { world: { entry: './world.ts' } },
    environments: { local: { network: { kind: 'local' } }, other: { network: { kind: 'local' } }, live: { network: { kind: 'hyperbeam', url: 'http://127.0.0.1:1' }, signer: 'env:W' } },
  });
  const run = async (...argv: string[]): Promise<CliTest & { exit: number }> => {
    const test = setup({ openStack: async () => createStack(config, { root }) });
    return { ...test, exit: await test.run('network', ...argv) };
  };
  await prepare(join(root, '.beamline', 'local', 'network'));
  expect((await run('start', 'local', '--detach')).exit).toBe(0);
  try {
    const status = await run('status', 'local');
    expect([status.exit, status.out.join()]).toEqual([0, expect.stringContaining(join(root, '.beamline', 'local', 'network'))]);
    for (const [argv, code] of [[['status'], 'stack/no-local-network'], [['status', 'live'], 'stack/no-local-network'], [['status', 'local', '--dir', dir], 'cli/flags']] as const) {
      const refused = await run(...argv);
      expect([refused.exit > 0, refused.err.join()]).toEqual([true, expect.stringContaining(code)]);
    }
    const fork = await run('fork', 'p'.repeat(43), 'local', '--from', 'other');
    expect([fork.exit, fork.err.join()]).toEqual([1, expect.stringContaining('cli/network-not-running')]);
  } finally {
    await run('stop', 'local');
  }
});

it('refuses limits, ports and flags that make no sense before anything is started', async () => {
  for (const argv of [['start', '--limits', 'cpu=1'], ['start', '--port', '70000'], ['start', '--detatch'], ['fork', 'x'.repeat(43)], ['reset', '--force']]) {
    expect((await cli(...argv)).exit).toBe(2);
  }
  await expect(stat(dir)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('says which port is taken', async () => {
  await prepare();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await cli('start', '--detach', '--port', String(port))).toMatchObject({ exit: 1, json: { error: { code: 'ao/port-taken' } } });
  await new Promise((resolve) => server.close(resolve));
  expect(await readdir(dir)).not.toContain('network.lock');
});

it('refuses an aos module that is not there, is none, or is not the pinned one', async () => {
  await prepare();
  const file = join(root, 'aos.wasm');
  await writeFile(file, 'no module');
  for (const [flags, code] of [
    [['--aos', join(root, 'no.wasm')], 'ao/no-aos'],
    [['--aos', file], 'vm/bad-module'],
    [['--aos', file, '--aos-sha256', '0'.repeat(64)], 'vm/wrong-module'],
    [['--aos-sha256', '0'.repeat(64)], 'cli/flags'],
  ] as const) {
    const { exit, err, out } = await cli('start', '--detach', ...flags);
    expect([exit, err + out]).toEqual([code === 'cli/flags' ? 2 : 1, expect.stringContaining(code)]);
  }
});
