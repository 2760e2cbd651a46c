import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { ProcessId } from '@beamline/core';
import { openLocal, type OpenLocal } from './open-local.ts';

let dir: string;
let local: OpenLocal;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'beamline-restart-'));
  local = await openLocal({ dir });
});
afterEach(() => local.dispose());

// Globals and locals of the module are state too; so is what only Lua can see.
const SECRETIVE = `
local secret = 0
function compute(base, req)
  if req.body.action == 'Fail' then error('no') end
  secret = secret + (tonumber(req.body.by) or 1) // 1
  total = (total or 0) + secret
  base.seen = 'slot ' .. req.slot
  base.results = { output = { data = req.slot .. ':' .. (secret // 1) .. ':' .. (total // 1) } }
  return base
end`;

async function send(process: ProcessId, from: number, count: number): Promise<void> {
  for (let i = from; i < from + count; i++) await local.network.send(await local.sign(process, 'Add', { By: String(i) }));
}
const output = async (process: ProcessId, slot: number) => (await local.get(`/${process}~process@1.0/compute=${slot}/results/output/data`)).text();
/** Oldest first. A busy machine may have stored one on the way. */
const storedSlots = async (process: ProcessId) => (await stored(process)).map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b);
const stored = (process: ProcessId) => readdir(join(dir, 'snapshots', process)).catch(() => []);

/** Stops after the snapshots that stopping makes, and starts again. */
async function restart(): Promise<void> {
  await local.server.close();
  local = await openLocal({ dir });
}

it('continues from a snapshot with the state that only Lua can see, as a replay of everything does', async () => {
  const process = await local.spawn(SECRETIVE);
  await send(process, 1, 10);
  const last = await output(process, 10);
  await restart();
  const slots = await storedSlots(process);
  expect(slots.at(-1)).toBe(10);
  expect(slots.length).toBeLessThanOrEqual(2);
  expect(await output(process, 10)).toBe(last);
  const next = await local.network.send(await local.sign(process, 'Add', { By: '100' }));
  await restart();
  await rm(join(dir, 'snapshots'), { recursive: true });
  expect(next).toMatchObject({ output: { data: await output(process, 11) } });
});

it('answers results of slots before the snapshot, and the whole schedule', async () => {
  const process = await local.spawn(SECRETIVE);
  await send(process, 1, 8);
  const before = await Promise.all([0, 3, 8].map((slot) => output(process, slot)));
  await restart();
  expect(await Promise.all([0, 3, 8].map((slot) => output(process, slot)))).toEqual(before);
  const slots: number[] = [];
  for await (const { slot } of local.network.schedule(process)) slots.push(slot);
  expect(slots).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

it('passes over a snapshot that is damaged at any of its parts, and comes to the same state', async () => {
  const process = await local.spawn(SECRETIVE);
  await send(process, 1, 5);
  await restart();
  await send(process, 6, 2);
  const last = await output(process, 7);
  await local.server.close();
  const slots = await storedSlots(process);
  expect([slots.length, slots.at(-1)]).toEqual([2, 7]);
  const path = join(dir, 'snapshots', process, '7.image');
  const whole = await readFile(path);
  for (const at of [0, 5, 20, 60, 1_000, whole.length - 40, whole.length - 1]) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 1;
    await writeFile(path, damaged);
    await writeFile(join(dir, 'snapshots', process, '5.image'), at % 2 === 0 ? whole : whole.subarray(0, at));
    local = await openLocal({ dir });
    expect(await output(process, 7)).toBe(last);
    await local.server.close();
  }
  local = await openLocal({ dir });
}, 60_000);

it('passes over a snapshot of another history', async () => {
  const [one, two] = [await local.spawn(SECRETIVE), await local.spawn(SECRETIVE)];
  await send(one, 1, 3);
  await send(two, 10, 3);
  const last = await output(two, 3);
  await restart();
  const foreign = await readFile(join(dir, 'snapshots', one, '3.image'));
  await writeFile(join(dir, 'snapshots', two, '3.image'), foreign);
  expect(await output(two, 3)).toBe(last);
});

it('keeps two snapshots, the newest', async () => {
  const process = await local.spawn(SECRETIVE);
  for (let i = 0; i < 4; i++) {
    await send(process, 1, 1);
    await restart();
  }
  expect((await stored(process)).sort()).toEqual(['3.image', '4.image']);
});

it('stays stuck behind a snapshot as it was before', async () => {
  const process = await local.spawn(SECRETIVE);
  await send(process, 1, 2);
  await local.network.send(await local.sign(process, 'Fail'));
  await restart();
  expect(await output(process, 2)).toMatch(/^2:/);
  expect(await local.network.send(await local.sign(process, 'Add'))).toMatchObject({ outcome: 'scheduled', slot: 4 });
  expect((await local.get(`/${process}~process@1.0/compute/seen`)).status).toBe(200);
});
