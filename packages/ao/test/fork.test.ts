import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ProcessId } from '@beamline/core';
import { forkProcess } from '@beamline/ao/local';
import { openLocal, type OpenLocal } from './open-local.ts';

let live: OpenLocal;
let copy: OpenLocal;
beforeAll(async () => {
  [live, copy] = [await openLocal(), await openLocal()];
});
afterAll(() => Promise.all([live.dispose(), copy.dispose()]));

const now = async (at: OpenLocal, process: ProcessId) => (await at.get(`/${process}~process@1.0/now/count`)).text();
const chain = async (at: OpenLocal, process: ProcessId) => {
  const links: unknown[] = [];
  for await (const { slot, message, req } of at.network.schedule(process)) links.push([slot, message, req['hash-chain'], req['timestamp']]);
  return links;
};

async function busy(count: number): Promise<ProcessId> {
  const process = await live.spawn();
  for (let i = 0; i < count; i++) await live.network.send(await live.sign(process, 'Inc', {}, `\u00fc${i}`));
  return process;
}

it('copies a process with its module and schedule, bit for bit, and runs it to the same state', async () => {
  const process = await busy(5);
  expect(await forkProcess({ from: live.network, process, to: copy.server.url })).toEqual({ process, slot: 5, messages: 7 });
  expect(await now(copy, process)).toBe('6');
  expect(await chain(copy, process)).toEqual(await chain(live, process));
  expect(await (await copy.get('/~beamline@1.0/status')).json()).toMatchObject({ forks: { [process]: live.network.kind } });
});

it('stops at a slot, and goes its own way from there', async () => {
  const process = await busy(4);
  await forkProcess({ from: live.network, process, slot: 2, to: copy.server.url });
  expect(await now(copy, process)).toBe('3');
  await copy.network.send(await copy.sign(process, 'Inc'));
  expect([await now(copy, process), await now(live, process)]).toEqual(['4', '5']);
  await expect(forkProcess({ from: live.network, process, to: copy.server.url })).rejects.toMatchObject({ code: 'ao/fork-conflict' });
  expect(await now(copy, process)).toBe('4');
});

it('adds what is new when it is repeated, and nothing twice', async () => {
  const process = await busy(2);
  await forkProcess({ from: live.network, process, to: copy.server.url });
  await live.network.send(await live.sign(process, 'Inc'));
  for (let i = 0; i < 2; i++) await forkProcess({ from: live.network, process, to: copy.server.url });
  expect(await chain(copy, process)).toEqual(await chain(live, process));
});

it('keeps forks over a restart', async () => {
  const process = await busy(3);
  await forkProcess({ from: live.network, process, to: copy.server.url });
  await copy.server.close();
  copy = await openLocal({ dir: copy.dir });
  expect(await now(copy, process)).toBe('4');
  expect(await (await copy.get('/~beamline@1.0/status')).json()).toMatchObject({ forks: { [process]: 'hyperbeam' } });
});

it('refuses what is no fork, and takes nothing of it', async () => {
  const id = 'F'.repeat(43);
  const fine = { slot: 0, timestamp: 1, id, body: { commitments: {} } };
  const post = async (body: string, process = id) => (await fetch(`${copy.server.url}/~beamline@1.0/fork?process=${process}`, { method: 'POST', body })).status;
  for (const body of ['', '{', '[]', '{}', 'null', '[null]', '[{"slot":0}]', JSON.stringify([{ ...fine, id: '../x' }]), JSON.stringify([{ ...fine, slot: -1 }]), JSON.stringify([{ ...fine, body: 'text' }])]) {
    expect(await post(body)).toBe(400);
  }
  expect(await post(JSON.stringify([{ ...fine, slot: 1 }]))).toBe(409);
  expect(await post(JSON.stringify([fine, { ...fine, slot: 2 }]))).toBe(409);
  expect(await post(JSON.stringify([fine]), '../../etc')).toBe(400);
  expect((await copy.get(`/${id}~process@1.0/slot/current`)).status).toBe(500);
});

it('says so when the source has no such process, or the target takes no forks', async () => {
  const process = await busy(1);
  await expect(forkProcess({ from: live.network, process: 'N'.repeat(43), to: copy.server.url })).rejects.toMatchObject({ code: expect.stringMatching(/^ao\//) });
  await expect(forkProcess({ from: live.network, process, to: `${copy.server.url}/elsewhere` })).rejects.toMatchObject({ code: 'ao/rejected', details: { status: 404 } });
});
