import { expect, it } from '@jest/globals';
import { createHyperbeam } from '@beamline/ao';
import { createFaultProxy } from '@beamline/ao/fault-proxy';
import { systemClock } from '@beamline/core';
import { createManualClock } from '@beamline/core/testing';
import type { Reader } from '../src/hyperbeam/reader.ts';
import { createScheduleTails } from '../src/hyperbeam/schedule-tail.ts';
import { TEST_PROCESS } from '../src/testing.ts';
import { openLocal, player } from './open-local.ts';

/** A schedule in memory. `held` keeps the answer of the next look back. */
function memorySchedule(process = 'p'.repeat(43)) {
  const messages: string[] = [];
  const asked: string[] = [];
  const broken = new Set<number>();
  let held: Promise<void> | undefined;
  const clock = createManualClock();
  const read = (from: number, to: number) => messages.slice(from, to + 1).map((message, i) => ({ process, slot: from + i, timestamp: 1_000 + from + i, message }));
  const reader = {
    async currentSlot() {
      asked.push('current');
      const current = messages.length - 1;
      const wait = held;
      held = undefined;
      await wait;
      return current;
    },
    async tryMessages(_process: string, from: number, to: number) {
      asked.push(`${from}-${to}`);
      for (let slot = from; slot <= to; slot++) if (broken.has(slot)) return 'broken';
      return read(from, to);
    },
    async messages(_process: string, from: number, to: number) {
      for (let slot = from; slot <= to; slot++) if (broken.has(slot)) throw Object.assign(new Error('broken'), { code: 'ao/bad-answer', details: {} });
      return read(from, to);
    },
  };
  return { messages, asked, broken, hold: (until: Promise<void>) => (held = until), clock, tails: createScheduleTails(reader as unknown as Reader, clock), process };
}

it('reads each slot once, however often it is asked', async () => {
  const { messages, asked, tails, process } = memorySchedule();
  messages.push(...Array.from({ length: 30 }, (_, i) => `m${i}`));
  expect((await tails.catchUp(process, 25)).slots.get('m29')).toBe(29);
  messages.push('m30', 'm31');
  expect((await tails.catchUp(process, 31)).slots.get('m31')).toBe(31);
  await tails.catchUp(process, 0);
  expect(asked).toEqual(['current', '25-29', 'current', '30-31', 'current']);
});

it('answers all who ask while it reads with one more reading, which begins after they asked', async () => {
  const { messages, asked, hold, tails, process } = memorySchedule();
  messages.push('a');
  const { promise, resolve } = Promise.withResolvers<void>();
  hold(promise);
  const early = tails.catchUp(process, 0);
  messages.push('b');
  const late = Array.from({ length: 50 }, () => tails.catchUp(process, 0));
  resolve();
  await early;
  for (const tail of await Promise.all(late)) expect(tail.slots.get('b')).toBe(1);
  expect(asked.filter((what) => what === 'current')).toHaveLength(2);
});

it('is as complete when a look overtakes another', async () => {
  const { messages, hold, clock, tails, process } = memorySchedule();
  messages.push('a', 'b');
  await tails.catchUp(process, 0);
  const { promise, resolve } = Promise.withResolvers<void>();
  hold(promise);
  const slow = tails.catchUp(process, 0);
  await clock.advance(250);
  messages.push('c');
  const tail = await tails.catchUp(process, 0);
  resolve();
  expect(await slow).toBe(tail);
  messages.push('d');
  expect(await tails.catchUp(process, 0)).toBe(tail);
  expect([...tail.slots.keys()]).toEqual(['a', 'b', 'c', 'd']);
});

it('begins anew when a schedule is shorter than it was', async () => {
  const { messages, tails, process } = memorySchedule();
  messages.push('old0', 'old1', 'old2');
  await tails.catchUp(process, 0);
  messages.splice(0, 3, 'new0');
  const tail = await tails.catchUp(process, 0);
  expect([...tail.slots]).toEqual([['new0', 0]]);
});

it('begins at the end again when it is far behind, and forgets the oldest when it holds many', async () => {
  const { messages, tails, process } = memorySchedule();
  messages.push('m0');
  await tails.catchUp(process, 0);
  for (let i = 1; i <= 5_000; i++) messages.push(`m${i}`);
  expect((await tails.catchUp(process, 0)).start).toBe(4_981);
  for (let round = 0; round < 16; round++) {
    for (let i = 0; i < 900; i++) messages.push(`m${messages.length}`);
    await tails.catchUp(process, 0);
  }
  const tail = await tails.catchUp(process, 0);
  expect(tail.slots.size).toBe(10_000);
  expect(tail).toMatchObject({ start: tail.end - 9_999, end: messages.length - 1 });
  expect(tail.slots.get(`m${tail.start}`)).toBe(tail.start);
  expect(tail.slots.has(`m${tail.start - 1}`)).toBe(false);
});

it('ends at once for a caller who gives up, and goes on for the others', async () => {
  const { messages, hold, tails, process } = memorySchedule();
  messages.push('a');
  const { promise, resolve } = Promise.withResolvers<void>();
  hold(promise);
  const controller = new AbortController();
  const [mine, other] = [tails.catchUp(process, 0, controller.signal), tails.catchUp(process, 0)];
  controller.abort(new Error('enough'));
  await expect(mine).rejects.toThrow('enough');
  resolve();
  expect((await other).slots.get('a')).toBe(0);
});

it('finds a hundred messages whose answers are lost with a few looks into the schedule', async () => {
  const local = await openLocal();
  const proxy = await createFaultProxy({ target: local.server.url, clock: systemClock, rules: [{ fault: { kind: 'lost-reply' }, path: /push$/ }] });
  try {
    const process = await local.spawn(TEST_PROCESS);
    let looks = 0;
    const counting: typeof fetch = (url, init) => {
      if (/schedule\?|slot\/current/.test(String(url))) looks += 1;
      return fetch(url, init);
    };
    const network = createHyperbeam({ url: proxy.url, clock: systemClock, fetch: counting });
    const items = await Promise.all(Array.from({ length: 100 }, () => network.signMessage(player, { target: process, tags: [{ name: 'Action', value: 'Inc' }], data: '' })));
    const deliveries = await Promise.all(items.map((item) => network.send(item)));
    expect(new Set(deliveries.map(({ slot }) => slot)).size).toBe(100);
    expect((await network.slots(process)).scheduled).toBe(100);
    expect(looks).toBeLessThan(60);
  } finally {
    await proxy.close();
    await local.dispose();
  }
});
