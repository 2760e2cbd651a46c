import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Assignment, ProcessId } from '@beamline/core';
import { startLocalNetwork } from '@beamline/ao/local';
import { systemClock } from '@beamline/core';
import { openLocal, type OpenLocal } from './open-local.ts';

const LIMITS = { logPartBytes: 8_000 };
let dir: string;
let local: OpenLocal;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'beamline-cold-net-'));
  local = await openLocal({ dir, limits: LIMITS });
});
afterEach(() => local.dispose());

async function restart(limits: object = LIMITS): Promise<void> {
  await local.server.close();
  local = await openLocal({ dir, limits });
}
async function scheduleOf(process: ProcessId): Promise<Assignment[]> {
  const all: Assignment[] = [];
  for await (const assignment of local.network.schedule(process)) all.push(assignment);
  return all;
}
const cold = async () => (await readdir(dir)).filter((name) => name.endsWith('.cold'));
const settled = async (atLeast: number) => {
  while ((await cold()).length < atLeast || (await readdir(dir)).some((name) => /\d{6}$/.test(name))) await new Promise((resolve) => setImmediate(resolve));
};

it('shows the whole schedule, results, messages and names as before, while parts grow cold and after each restart', async () => {
  const [one, two] = [await local.spawn(), await local.spawn()];
  await local.network.setAlias('first', one, local.operator);
  const ids: string[] = [];
  for (let i = 0; i < 40; i++) {
    const item = await local.sign(i % 3 === 0 ? two : one, 'Inc', {}, `m${i}`);
    ids.push(item.id);
    await local.network.send(item);
  }
  await local.network.setAlias('first', two, local.operator);
  await settled(2);
  const before = [await scheduleOf(one), await scheduleOf(two)];
  const counts = [await local.network.read(one, 'count'), await local.network.read(two, 'count')];
  const hashes = before.map((schedule) => schedule.map(({ req }) => req['hash-chain']));
  expect(hashes[0]!.length + hashes[1]!.length).toBe(42);

  for (let round = 0; round < 2; round++) {
    await restart();
    expect([await scheduleOf(one), await scheduleOf(two)]).toEqual(before);
    expect([await local.network.read(one, 'count'), await local.network.read(two, 'count')]).toEqual(counts);
    expect(await local.network.resolve('first')).toBe(two);
    for (const [i, id] of ids.entries()) expect(await (await local.get(`/${id}/data`)).text()).toBe(`m${i}`);
    expect(await (await local.get(`/${one}~process@1.0/compute=3/results/output/data`)).text()).toBe('count=4');
  }
  const next = await local.network.send(await local.sign(one, 'Inc', {}, 'after'));
  expect(next).toMatchObject({ slot: hashes[0]!.length, outcome: 'computed' });
  await rm(join(dir, 'snapshots'), { recursive: true });
  await restart();
  expect(await local.network.read(one, 'count')).toBe(hashes[0]!.length + 1);
});

it('reads a log that was written as one file, and cuts it into parts from there', async () => {
  await restart({ logPartBytes: Number.MAX_SAFE_INTEGER });
  const process = await local.spawn();
  for (let i = 0; i < 20; i++) await local.network.send(await local.sign(process, 'Inc', {}, `m${i}`));
  const before = await scheduleOf(process);
  expect(await cold()).toEqual([]);
  await restart();
  await local.network.send(await local.sign(process, 'Inc'));
  await settled(1);
  await restart();
  expect((await scheduleOf(process)).slice(0, before.length)).toEqual(before);
});

it('stays stuck when the record of it lies in a cold part', async () => {
  const process = await local.spawn();
  await local.network.send(await local.sign(process, 'Fail'));
  const filler = await local.spawn();
  for (let i = 0; i < 20; i++) await local.network.send(await local.sign(filler, 'Inc'));
  await settled(1);
  await restart();
  expect(await local.network.send(await local.sign(process, 'Inc'))).toMatchObject({ outcome: 'scheduled' });
});

it('does not start on a cold part that is damaged where it looks first, and says where', async () => {
  const process = await local.spawn();
  for (let i = 0; i < 30; i++) await local.network.send(await local.sign(process, 'Inc', {}, 'x'.repeat(300)));
  await settled(1);
  await local.server.close();
  const [name] = (await cold()).sort();
  const path = join(dir, name!);
  const whole = await readFile(path);
  // The first block holds process messages; directory and index lie at the end.
  for (const at of [0, 40, whole.length - 200, whole.length - 1]) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 1;
    await writeFile(path, damaged);
    await expect(startLocalNetwork({ dir, clock: systemClock })).rejects.toMatchObject({ code: 'ao/log-damaged', details: { file: path } });
    expect(await readFile(path)).toEqual(damaged);
  }
  await writeFile(path, whole);
  local = await openLocal({ dir, limits: LIMITS });
  expect(await local.network.read(process, 'count')).toBe(31);
}, 20_000);
