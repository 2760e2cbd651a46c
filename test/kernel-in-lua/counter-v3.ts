import { add, addEntity, component, find, get, set, str, u32 } from '@beamline/ecs';
import { defineRole } from '@beamline/kernel';

const Counter = /*#__PURE__*/ component('Counter', { owner: str, n: u32, best: u32 });

/** Another layout: with the best of each. */
export default defineRole({
  name: 'counter',
  components: [Counter],
  tick: { everyMs: 1000 },
  actions: {
    Add: (world, { from }) => {
      let entity = find(world, Counter, 'owner', from);
      if (entity === 0) {
        entity = addEntity(world);
        add(world, entity, Counter, { owner: from });
      }
      const n = get(world, entity, Counter, 'n') + 100;
      set(world, entity, Counter, 'n', n);
      set(world, entity, Counter, 'best', n);
      return `best ${n}`;
    },
  },
});
