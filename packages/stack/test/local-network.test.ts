import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
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

beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'network-')); });
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
