import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { systemClock, type Assignment } from '@beamline/core';
import { createHyperbeam, loadSigner } from '@beamline/ao';
import { launchLocalNetwork, type LaunchedNetwork } from '@beamline/ao/local';
import { TEST_PROCESS } from '../src/testing.ts';
import { giveWallet, player } from './open-local.ts';

let dir: string;
const running: LaunchedNetwork[] = [];

/** One network has the folder at a time. */
async function start() {
  for (const before of running.splice(0)) await before.stop('SIGKILL');
  const server = await launchLocalNetwork({ dir });
  running.push(server);
  return { server, network: createHyperbeam({ url: server.url, clock: systemClock, retries: 0 }) };
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'beamline-durable-'));
  await giveWallet(dir);
});
afterAll(async () => {
  for (const server of running) await server.stop('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

it('keeps every acknowledged message, state and alias when it is killed under load', async () => {
  const first = await start();
  const operator = await loadSigner(`file:${join(dir, 'operator.json')}`);
  const module = await first.network.spawn(await first.network.signModule(player, TEST_PROCESS));
  const item = await first.network.signProcess(player, { module, tags: [], data: '1' });
  const game = await first.network.spawn(item);
  await first.network.setAlias('arena-world-0-local', game, operator);
  const acknowledged: { slot: number; id: string }[] = [];
  const send = async (i: number) => {
    const message = await first.network.signMessage(player, { target: game, tags: [{ name: 'Action', value: 'Inc' }], data: `m${i}` });
    const { slot } = await first.network.send(message);
    acknowledged.push({ slot, id: message.id });
    if (acknowledged.length === 100) void first.server.stop('SIGKILL');
  };
  await Promise.allSettled(Array.from({ length: 160 }, (_, i) => send(i)));
  expect(acknowledged.length).toBeGreaterThanOrEqual(100);

  const { network } = await start();
  const slots = new Map<number, Assignment>();
  for await (const assignment of network.schedule(game)) slots.set(assignment.slot, assignment);
  for (const { slot, id } of acknowledged) expect(slots.get(slot)?.message).toBe(id);
  // Slot 0 counted too, and every slot after it exactly once.
  expect(await network.read(game, 'count')).toBe(slots.size);
  expect(await network.resolve('arena-world-0-local')).toBe(game);
  const next = await network.send(await network.signMessage(player, { target: game, tags: [{ name: 'Action', value: 'Inc' }], data: '' }));
  expect(next).toEqual({ outcome: 'computed', slot: slots.size, output: { data: `count=${slots.size + 1}` } });
}, 60_000);

it('stays stuck after a restart where an uncaught error had stuck it', async () => {
  const before = await start();
  const module = await before.network.spawn(await before.network.signModule(player, TEST_PROCESS));
  const game = await before.network.spawn(await before.network.signProcess(player, { module, tags: [], data: '1' }));
  const message = (action: string) => before.network.signMessage(player, { target: game, tags: [{ name: 'Action', value: action }], data: '' });
  await before.network.send(await message('Inc'));
  expect(await before.network.send(await message('Fail'))).toMatchObject({ outcome: 'scheduled', slot: 2 });
  await before.server.stop();

  const after = await start();
  expect(await after.network.read(game, 'count')).toBe(2);
  expect(await after.network.send(await message('Inc'))).toMatchObject({ outcome: 'scheduled', slot: 3 });
  expect(await after.network.slots(game)).toEqual({ scheduled: 3, computed: 1 });
}, 60_000);

it('keeps the operator’s wallet to itself, and keeps it', async () => {
  const path = join(dir, 'operator.json');
  const wallet = await readFile(path, 'utf8');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const { network } = await start();
  expect((await network.node()).address).toMatch(/^[\w-]{43}$/);
  expect(await readFile(path, 'utf8')).toBe(wallet);
});

it('leaves a folder alone that another network has', async () => {
  const { server } = await start();
  await expect(launchLocalNetwork({ dir })).rejects.toMatchObject({ code: 'ao/network-running', retryable: true, details: { pid: server.pid } });
  expect((await fetch(`${server.url}/~meta@1.0/info/address`)).status).toBe(200);
});

it('ends with the process that launched it, however that ends', async () => {
  for (const before of running.splice(0)) await before.stop('SIGKILL');
  const script = `import { launchLocalNetwork } from '@beamline/ao/local';
    const { pid, url } = await launchLocalNetwork({ dir: ${JSON.stringify(dir)} });
    console.log(JSON.stringify({ pid, url }));
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--conditions=@beamline/source', '--input-type=module', '-e', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  expect((await fetch(`${url}/~meta@1.0/info/address`)).status).toBe(200);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  for (;;) {
    const alive = await fetch(`${url}/~meta@1.0/info/address`).then(() => true, () => false);
    if (!alive) break;
  }
});

it('refuses to start on a damaged log, and says where', async () => {
  for (const server of running) await server.stop('SIGKILL');
  const log = join(dir, 'network.log');
  const bytes = await readFile(log);
  bytes[40] = bytes[40]! ^ 1;
  await writeFile(log, bytes);
  const error = await start().catch((failure: unknown) => failure);
  expect(error).toMatchObject({ code: 'ao/log-damaged', message: expect.stringContaining('byte 0'), details: { offset: 0 } });
});
