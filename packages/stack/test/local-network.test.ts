import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createWallet } from '@beamline/ao';
import { stopNetwork } from '@beamline/ao/local';
import { systemClock } from '@beamline/core';
import { attachLocalNetwork, type LocalNetworkHandle } from '../src/network/local-network.ts';

let dir: string;
const open: LocalNetworkHandle[] = [];
const attach = async (onRestart?: () => void): Promise<LocalNetworkHandle> => {
  const handle = await attachLocalNetwork({ dir, clock: systemClock, ...(onRestart && { onRestart }) });
  open.push(handle);
  return handle;
};
const answers = (url: string) => fetch(`${url}/~meta@1.0/info/address`).then(({ ok }) => ok, () => false);

let shared: string;
beforeAll(async () => {
  shared = await mkdtemp(join(tmpdir(), 'wallet-'));
  await createWallet(join(shared, 'operator.json'));
});
afterAll(() => rm(shared, { recursive: true }));
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'network-'));
  // Making one takes seconds.
  await copyFile(join(shared, 'operator.json'), join(dir, 'operator.json'));
});
afterEach(async () => {
  for (const handle of open.splice(0)) await handle.close();
  await rm(dir, { recursive: true });
});

it('starts a network, lets others join it, and ends it with the one who started it', async () => {
  const owner = await attach();
  const guest = await attach();
  expect(guest.url).toBe(owner.url);
  await guest.close();
  expect(await answers(owner.url)).toBe(true);
  await owner.close();
  expect(await answers(owner.url)).toBe(false);
}, 60_000);

it('starts one network when two want it at the same time', async () => {
  const [first, second] = await Promise.all([attach(), attach()]);
  expect(second.url).toBe(first.url);
}, 60_000);

it('keeps its address over a restart', async () => {
  const before = await attach();
  await before.close();
  expect((await attach()).url).toBe(before.url);
}, 60_000);

it('comes back at the same address after it was killed', async () => {
  let restarted = (): void => undefined;
  const again = new Promise<void>((resolve) => { restarted = resolve; });
  const handle = await attach(() => restarted());
  const killed = handle.pid;
  process.kill(killed, 'SIGKILL');
  await again;
  expect(handle.pid).not.toBe(killed);
  expect(await answers(handle.url)).toBe(true);
}, 60_000);

it('stays stopped when somebody stops it, and starts when it is needed again', async () => {
  let restarts = 0;
  const before = await attach(() => { restarts += 1; });
  expect(await stopNetwork({ dir, clock: systemClock })).toBe(before.pid);
  const after = await attach();
  expect([after.url, after.pid === before.pid, restarts]).toEqual([before.url, false, 0]);
  await before.close(); // of the one that is gone
  expect(await answers(after.url)).toBe(true);
}, 60_000);

it('waits for a process that has the folder but does not answer, and starts its own once that is gone', async () => {
  const lock = join(dir, 'network.lock');
  await writeFile(lock, '');
  const { ino } = await stat(lock);
  await writeFile(lock, JSON.stringify({ version: 1, host: hostname(), pid: process.ppid, began: '', token: 'other', inode: String(ino) }));
  let pauses = 0;
  const sleep = async (ms: number, signal?: AbortSignal) => {
    if (ms >= 1_000) return systemClock.sleep(ms, signal);
    pauses += 1;
    await rm(lock);
  };
  const handle = await attachLocalNetwork({ dir, clock: { ...systemClock, sleep } });
  open.push(handle);
  expect([pauses, await answers(handle.url)]).toEqual([1, true]);
}, 60_000);
