import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { systemClock, type SignedItem } from '@beamline/core';
import { createHyperbeam } from '@beamline/ao';
import { createFaultProxy, type FaultProxy } from '../src/fault-proxy/index.ts';
import { openLocal, type OpenLocal } from './open-local.ts';

let local: OpenLocal;
let proxy: FaultProxy;
beforeAll(async () => {
  local = await openLocal();
  proxy = await createFaultProxy({ target: local.server.url, clock: systemClock });
});
afterAll(async () => {
  await proxy.close();
  await local.dispose();
});
const through = () => createHyperbeam({ url: proxy.url, clock: { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms < 60_000 ? 0 : ms, signal) } });

it('sends a batch in order, answers for each, and computes once', async () => {
  proxy.setRules([]);
  const network = through();
  const [one, two] = [await local.spawn(), await local.spawn()];
  const items: SignedItem[] = [];
  for (let i = 0; i < 6; i++) items.push(await network.signMessage(local.player, { target: i % 3 === 2 ? two : one, tags: [], data: `${i}` }));
  const deliveries = await network.sendAll!(items);
  expect(deliveries.map((delivery) => [delivery.slot, delivery.outcome === 'computed' && delivery.output['data']])).toEqual(
    [[1, 'count=2'], [2, 'count=3'], [1, 'count=2'], [3, 'count=4'], [4, 'count=5'], [2, 'count=3']]);
  expect(await network.sendAll!(items)).toEqual(deliveries);
  expect(await network.slots(one)).toEqual({ scheduled: 4, computed: 4 });
  expect(await network.sendAll!([])).toEqual([]);
});

it('delivers what a batch sends to other processes, in order', async () => {
  proxy.setRules([]);
  const network = through();
  const [from, to] = [await local.spawn(), await local.spawn()];
  const items: SignedItem[] = [];
  for (const [action, data] of [['Send', 'a'], ['Inc', ''], ['Send', 'b']] as const) items.push(await local.sign(from, action, { To: to }, data || 'x'));
  await network.sendAll!(items);
  const received: unknown[] = [];
  for await (const { req } of network.schedule(to, { from: 1 })) received.push((req['body'] as { data: string }).data);
  expect(received).toEqual(['a', 'b']);
});

it('schedules each item of a batch once in spite of lost answers, and says what nobody got', async () => {
  const network = through();
  const from = await local.spawn();
  const items: SignedItem[] = [];
  for (let i = 0; i < 5; i++) items.push(await network.signMessage(local.player, { target: from, tags: [], data: `${i}` }));
  items.push(await local.sign(from, 'Send', { To: from }));
  proxy.setRules([
    { fault: { kind: 'lost-reply' }, method: 'POST', path: /\/schedule$/, after: 1, count: 1 },
    { fault: { kind: 'status', status: 500 }, method: 'POST', path: /\/schedule$/, after: 3, count: 1 },
    { fault: { kind: 'status', status: 500 }, method: 'POST', path: /push\?slot/ },
  ]);
  const deliveries = await network.sendAll!(items);
  expect(deliveries.map(({ slot }) => slot)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(deliveries[5]).toMatchObject({ outcome: 'computed', undelivered: ['m1'] });
  expect(await local.network.slots(from)).toEqual({ scheduled: 6, computed: 6 });
});

it('stops at an item that is refused; what came before has run', async () => {
  proxy.setRules([]);
  const network = through();
  const process = await local.spawn();
  const items: SignedItem[] = [];
  for (let i = 0; i < 3; i++) items.push(await network.signMessage(local.player, { target: process, tags: [], data: `${i}` }));
  items[1]!.raw[items[1]!.raw.length - 1]! ^= 1;
  await expect(network.sendAll!(items)).rejects.toMatchObject({ code: 'ao/rejected' });
  expect(await network.slots(process)).toEqual({ scheduled: 1, computed: 1 });
});
