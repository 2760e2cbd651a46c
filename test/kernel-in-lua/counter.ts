import { add, addEntity, component, find, get, set, str, u32 } from '@beamline/ecs';
import { defineRole, send, type Role } from '@beamline/kernel';

const Counter = /*#__PURE__*/ component('Counter', { owner: str, n: u32 });

/** A role that counts in steps of its own: versions of it tell themselves apart by their answers. */
export function counter(step: number): Role {
  return defineRole({
    name: 'counter',
    components: [Counter],
    tick: { everyMs: 1000 },
    // Would be seen: an upgrade must not fill the world again.
    init: (world) => add(world, addEntity(world), Counter, { owner: 'clock', n: step }),
    actions: {
      Add: (world, { from }) => {
        let entity = find(world, Counter, 'owner', from);
        if (entity === 0) {
          entity = addEntity(world);
          add(world, entity, Counter, { owner: from });
        }
        set(world, entity, Counter, 'n', get(world, entity, Counter, 'n') + step);
        send({ to: 'market', action: 'Added' });
        return `${get(world, entity, Counter, 'n')}`;
      },
    },
  });
}
