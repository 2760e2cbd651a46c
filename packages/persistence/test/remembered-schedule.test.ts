import { expect, it } from '@jest/globals';
import type { AoNetwork, Assignment, SlotRange } from '@beamline/core';
import { rememberSchedule } from '../src/recovery/remembered-schedule.ts';

/** A schedule that grows, and what was asked of the network. */
function scheduleOf(slots: number, data = 'x') {
  const asked: (SlotRange | undefined)[] = [];
  const assignments = Array.from({ length: slots }, (_, slot) => ({ process: 'p', slot, req: { body: { data } } }) as unknown as Assignment);
  const network: Pick<AoNetwork, 'schedule'> = {
    async *schedule(process, range) {
      asked.push(range);
      yield* assignments.filter(({ slot }) => process === 'p' && slot >= (range?.from ?? 0) && slot <= (range?.to ?? Infinity));
    },
  };
  return { asked, assignments, network };
}

const slotsOf = async (list: AsyncIterable<Assignment>) => {
  const slots: number[] = [];
  for await (const { slot } of list) slots.push(slot);
  return slots;
};

it('gives what was read after a slot from memory, and the rest, and what is new, from the network', async () => {
  const { asked, assignments, network } = scheduleOf(10);
  const remembered = rememberSchedule(network, 'p', 4);
  expect(await slotsOf(remembered.read())).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assignments.push({ ...assignments[9]!, slot: 10 });
  asked.length = 0;
  expect(await slotsOf(remembered.schedule('p', { from: 5 }))).toEqual([5, 6, 7, 8, 9, 10]);
  expect(asked).toEqual([{ from: 10 }]);
  asked.length = 0;
  expect(await slotsOf(remembered.schedule('p', { from: 6, to: 8 }))).toEqual([6, 7, 8]);
  expect(asked).toEqual([]);
  expect(await slotsOf(remembered.schedule('p', { from: 3, to: 6 }))).toEqual([3, 4, 5, 6]);
  expect(asked).toEqual([{ from: 3, to: 6 }]);
  expect(await slotsOf(remembered.schedule('q', { from: 5 }))).toEqual([]);
});

it('reads again what would have been too much to remember', async () => {
  const { asked, network } = scheduleOf(40, 'x'.repeat(1024 * 1024));
  const remembered = rememberSchedule(network, 'p', -1);
  await slotsOf(remembered.read());
  asked.length = 0;
  expect(await slotsOf(remembered.schedule('p'))).toHaveLength(40);
  expect(asked).toEqual([{ from: 33 }]);
});
