import { component, u32, type World } from '@beamline/ecs';
import { defineRole, intTag, send, type Message } from '@beamline/kernel';

const Fights = /*#__PURE__*/ component('Fights', { count: u32 });

/** Reports every fight to the world. */
export default defineRole({
  name: 'battle', components: [Fights],
  actions: {
    Fight: (_: World, message: Message) => {
      send({ to: 'world', action: 'Award', tags: { player: message.from, n: intTag(message, 'n', 0, 1000) } });
      return 'fought';
    },
  },
});
