import { component, u32, type World } from '@beamline/ecs';
import { defineRole, intTag, send, type Message } from '@beamline/kernel';

const Fights = /*#__PURE__*/ component('Fights', { count: u32 });

/** Sends what no world of this game has an action for, and an award without a winner. */
export default defineRole({
  name: 'battle', components: [Fights],
  actions: {
    Fight: (_: World, message: Message) => {
      const n = intTag(message, 'n', 0, 1000);
      send({ to: 'world', action: 'Prize', tags: { player: message.from } });
      send({ to: 'world', action: 'Award', tags: { n } });
      return 'fought';
    },
  },
});
