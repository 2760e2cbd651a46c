import { add, addEntity, component, find, get, set, u32 } from '@beamline/ecs';
import { defineRole, intTag, send } from '@beamline/kernel';

// Numbers start at 1: 0 is what an absent one looks like.
const Mark = /*#__PURE__*/ component('Mark', { number: u32, times: u32 });
const Total = /*#__PURE__*/ component('Total', { is: u32, distinct: u32, repeated: u32 });

/** Notes which numbers it was told, and how often; passes every eighth on to its link `sink`. */
export default defineRole({
  name: 'ledger',
  components: [Mark, Total],
  systems: [],
  init: (world) => add(world, addEntity(world), Total, { is: 1 }),
  actions: {
    Mark: (world, message) => {
      const number = intTag(message, 'number', 1, 1000000);
      const total = find(world, Total, 'is', 1);
      const known = find(world, Mark, 'number', number);
      const field = known === 0 ? 'distinct' : 'repeated';
      if (known === 0) add(world, addEntity(world), Mark, { number, times: 1 });
      else set(world, known, Mark, 'times', (get(world, known, Mark, 'times') as number) + 1);
      set(world, total, Total, field, (get(world, total, Total, field) as number) + 1);
      if (!message.fromProcess && number % 8 === 0) send({ to: 'sink', action: 'Mark', tags: { number: `${number}` } });
      return `${number}`;
    },
    Report: (world) => {
      const total = find(world, Total, 'is', 1);
      return `${get(world, total, Total, 'distinct') as number},${get(world, total, Total, 'repeated') as number}`;
    },
  },
});
