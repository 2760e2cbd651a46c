import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { systemClock, type Assignment } from '@beamline/core';
import { createHyperbeam } from '@beamline/ao';
import { TEST_PROCESS } from '../src/testing.ts';
import { player } from './open-local.ts';

const main = new URL('../src/local/main.ts', import.meta.url).pathname;
let dir: string;
const children: ChildProcess[] = [];

async function start(...flags: string[]) {
  const child = spawn(process.execPath, ['--conditions=@beamline/source', main, '--dir', dir, '--json', ...flags], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  return { child, url, network: createHyperbeam({ url, clock: systemClock, retries: 0 }) };
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'beamline-durable-'));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

it('keeps every acknowledged message, state and alias when it is killed under load', async () => {
  const first = await start();
  const { loadSigner } = await import('@beamline/ao');
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
    if (acknowledged.length === 100) first.child.kill('SIGKILL');
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
  before.child.kill('SIGTERM');
  await once(before.child, 'exit');

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

it('ends with the parent that asked for it', async () => {
  const { child } = await start('--with-parent');
  child.stdin?.end();
  const [code] = (await once(child, 'exit')) as [number];
  expect(code).toBe(0);
});

it('refuses to start on a damaged log, and says where', async () => {
  for (const child of children) child.kill('SIGKILL');
  const log = join(dir, 'network.log');
  const bytes = await readFile(log);
  bytes[40] = bytes[40]! ^ 1;
  await writeFile(log, bytes);
  const child = spawn(process.execPath, ['--conditions=@beamline/source', main, '--dir', dir], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(1);
  expect(said).toContain('ao/log-damaged');
  expect(said).toContain('byte 0');
});
