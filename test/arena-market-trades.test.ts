import { afterAll, describe, expect, it } from '@jest/globals';
import type { AoMap } from '@beamline/core';
import { clientRequest, processRequest, testId } from '@beamline/kernel/testing';
import { createVm, type Vm } from '@beamline/vm';
import { makeData } from '../apps/arena/tools/make-data.ts';
import { builtRole } from './built.ts';

const { code } = await builtRole({ role: 'market', entry: 'apps/arena/src/shared/market/market.lua', target: 'lua', root: '.' });
const OWNER = testId('owner');
const PROCESS = testId('market');
const open: Vm[] = [];

afterAll(() => Promise.all(open.map((vm) => vm.close())));

async function market() {
  const vm = await createVm({ code });
  open.push(vm);
  let slot = 0;
  let now = 1_000_000;
  const compute = async (request: AoMap) => {
    const computed = await vm.compute(request);
    if (!computed.ok) throw new Error(computed.message);
    return computed.results!;
  };
  const spec = (tags: Record<string, string>) => ({ id: testId(`m${slot}`), process: PROCESS, slot: slot++, timestamp: now, tags });
  await compute(processRequest({ ...spec({}), committer: OWNER, authority: testId('node') }));
  await compute(clientRequest({
    ...spec({ 'action': 'Beamline.Link', 'protocol': '1', 'issued': `${now}`, 'link-name': 'world', 'link-process': testId('world') }),
    committer: OWNER,
  }));
  return {
    wait: (ms: number) => void (now += ms),
    /** The output's data or code, and what goes to the world. */
    async say(who: string, action: string, tags: Record<string, string | number> = {}) {
      const text = Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, `${value}`]));
      const { output, outbox } = await compute(clientRequest({ ...spec({ action, ...text }), committer: testId(who) })) as { output: AoMap; outbox: AoMap };
      return { answer: `${String(output['data'] ?? output['code'])}`, sent: Object.values(outbox) as AoMap[] };
    },
  };
}

const order = { item: 3, count: 5, price: 12 };

it('matches a bid with the best offer and asks the world to settle', async () => {
  const { say } = await market();
  expect((await say('ada', 'Offer', { ...order, price: 14 })).answer).toMatch(/^order \d+$/);
  expect((await say('bob', 'Offer', order)).answer).toMatch(/^order \d+$/);
  const { answer, sent } = await say('cyd', 'Bid', { ...order, count: 3, price: 20 });
  expect(answer).toBe('traded 3 at 12');
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatchObject({ target: testId('world'), action: 'Trade', seller: testId('bob'), buyer: testId('cyd'), item: '3', count: '3', gold: '36' });
  expect((await say('cyd', 'Bid', { ...order, price: 12 })).answer).toBe('traded 2 at 12');
  expect((await say('cyd', 'Bid', { ...order, price: 13 })).answer).toMatch(/^order/);
});

it('matches an offer with the highest bid, never with its own', async () => {
  const { say } = await market();
  await say('ada', 'Bid', { ...order, price: 9 });
  await say('bob', 'Bid', { ...order, price: 11 });
  expect((await say('bob', 'Offer', { ...order, price: 10 })).answer).toMatch(/^order/);
  expect((await say('cyd', 'Offer', { ...order, price: 8 })).answer).toBe('traded 5 at 11');
});

it('quotes the list price until somebody traded, then the last one', async () => {
  const { say } = await market();
  const listed = makeData()['item-price']![2];
  expect((await say('ada', 'Price', { item: 3 })).answer).toBe(`price ${listed}`);
  await say('ada', 'Offer', order);
  await say('bob', 'Bid', order);
  expect((await say('ada', 'Price', { item: 3 })).answer).toBe('price 12');
});

it('lets only the one who placed an order cancel it, once', async () => {
  const { say } = await market();
  const id = (await say('ada', 'Offer', order)).answer.split(' ')[1]!;
  expect((await say('bob', 'Cancel', { order: id })).answer).toBe('arena/not-yours');
  expect((await say('ada', 'Cancel', { order: id })).answer).toBe(`cancelled ${id}`);
  expect((await say('ada', 'Cancel', { order: id })).answer).toBe('arena/no-order');
  expect((await say('bob', 'Bid', order)).answer).toMatch(/^order/);
});

it('forgets orders after two minutes', async () => {
  const { say, wait } = await market();
  await say('ada', 'Offer', order);
  wait(121_000);
  expect((await say('bob', 'Bid', order)).answer).toMatch(/^order/);
});

it('takes twenty open orders from each', async () => {
  const { say } = await market();
  for (let i = 0; i < 20; i++) expect((await say('ada', 'Offer', { ...order, item: 100 + i })).answer).toMatch(/^order/);
  expect((await say('ada', 'Offer', order)).answer).toBe('arena/too-many-orders');
});

describe('refuses', () => {
  it.each([
    ['Offer', {}], ['Offer', { ...order, item: 0 }], ['Offer', { ...order, item: 1001 }], ['Bid', { ...order, count: 0 }],
    ['Bid', { ...order, price: '1.5' }], ['Bid', { ...order, price: 'all' }], ['Cancel', { order: -1 }], ['Price', { item: '' }],
  ])('%s %p', async (action, tags) => {
    const { say } = await market();
    expect(await say('ada', action, tags)).toEqual({ answer: 'kernel/bad-tag', sent: [] });
  });
});
