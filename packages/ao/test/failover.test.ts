import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { systemClock, type AoNetwork, type Clock, type ProcessId, type SignedItem } from '@beamline/core';
import { createFailover, createHyperbeam } from '@beamline/ao';
import { createFaultProxy, type FaultProxy } from '../src/fault-proxy/index.ts';
import { describeAoNetwork } from '../src/testing.ts';
import { openLocal, player, type OpenLocal } from './open-local.ts';

let near: OpenLocal;
let far: OpenLocal;
let proxy: FaultProxy;
let network: AoNetwork;
let process: ProcessId;
let sent: SignedItem[];

beforeAll(async () => {
  [near, far] = await Promise.all([openLocal(), openLocal({ operator: 'own' })]);
  proxy = await createFaultProxy({ target: far.server.url, clock: systemClock });
});
afterAll(async () => {
  await proxy.close();
  await Promise.all([near.dispose(), far.dispose()]);
});

// Processes live on `far`, which is listed second and can be cut off; `near` holds copies.
beforeEach(async () => {
  proxy.partition(false);
  network = failover(systemClock);
  const item = await far.network.signProcess(player, { module: far.module, tags: [], data: '1' });
  const module = await far.network.signModule(player, 'function compute(base, req) base.count = (base.count or 0) + 1; base.results = { output = { data = "count=" .. base.count } }; return base end');
  const spec = await far.network.signProcess(player, { module: module.id, tags: [], data: '' });
  for (const node of [far, near]) for (const part of [item, module, spec]) await node.network.spawn(part);
  process = spec.id;
  sent = [];
});

function failover(clock: Clock, catchUpMs?: number): AoNetwork {
  const client = (url: string) => createHyperbeam({ url, clock: systemClock, retries: 1 });
  return createFailover({ networks: [client(near.server.url), client(proxy.url)], clock, ...(catchUpMs === undefined ? {} : { catchUpMs }) });
}
const send = async () => {
  const item = await network.signMessage(player, { target: process, tags: [], data: '' });
  sent.push(item);
  return network.send(item);
};
const copyAll = async () => {
  for (const item of sent.splice(0)) await near.post(`/${process}~process@1.0/push`, item);
};

describeAoNetwork('two nodes with failover', async () => {
  const [one, two] = await Promise.all([openLocal(), openLocal({ operator: 'own' })]);
  const networks = [one, two].map(({ server }) => createHyperbeam({ url: server.url, clock: systemClock, retries: 1 }));
  return {
    network: createFailover({ networks, clock: systemClock }), operator: one.operator, player,
    dispose: async () => void (await Promise.all([one.dispose(), two.dispose()])),
  };
});

it('writes where the process lives, though another node holds a copy and comes first', async () => {
  expect(await send()).toMatchObject({ slot: 1, output: { data: 'count=2' } });
  expect(await near.network.slots(process)).toMatchObject({ scheduled: 0 });
  expect(await far.network.slots(process)).toMatchObject({ scheduled: 1 });
});

it('reads from a copy that has seen everything once the home is cut off', async () => {
  await send();
  await copyAll();
  proxy.partition(true);
  expect(await network.read(process, 'count')).toBe(2);
  expect(await network.result(process, 1)).toEqual({ data: 'count=2' });
  expect(await network.slots(process)).toEqual({ scheduled: 1, computed: 1 });
  const slots: number[] = [];
  for await (const { slot } of network.schedule(process)) slots.push(slot);
  expect(slots).toEqual([0, 1]);
});

it('does not read from a copy what it has not seen yet, and says what is wrong with the home', async () => {
  network = failover(systemClock, 0);
  await send();
  proxy.partition(true);
  await expect(network.read(process, 'count')).rejects.toMatchObject({ code: 'ao/unreachable' });
  expect(await failover(systemClock).read(process, 'count')).toBe(1); // a client that knows of nothing newer
});

it('waits for a copy that catches up', async () => {
  const catchingUp: Clock = { now: () => systemClock.now(), sleep: () => copyAll() };
  network = failover(catchingUp);
  await send();
  proxy.partition(true);
  expect(await network.read(process, 'count')).toBe(2);
});

it('never starts a second history: a write fails while the home is cut off', async () => {
  await send();
  await copyAll();
  proxy.partition(true);
  await expect(send()).rejects.toMatchObject({ code: expect.stringMatching(/^ao\/(unreachable|outcome-unknown)$/), retryable: true });
  // Nor by a client that has not found the home before.
  await expect(failover(systemClock).send(sent[0]!)).rejects.toMatchObject({ code: 'ao/unreachable' });
  expect(await near.network.slots(process)).toMatchObject({ scheduled: 1 });
});

it('knows a process that no node knows', async () => {
  await expect(network.read('z'.repeat(43), 'count')).rejects.toMatchObject({ code: 'ao/unknown-process' });
});
