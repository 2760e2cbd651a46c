import { type World } from '@beamline/ecs';
import { defineRole, type Message, type Reply } from '@beamline/kernel';
import { dig, give, hunger, join, look, NEVER, Player, walk, Well } from './game.ts';

// What a game must not do: this is no part of the world, and gone when a process is restored.
let walks = 0;

function walkCounting(world: World, message: Message): Reply {
  walks = walks + 1;
  walk(1)(world, message);
  return `${walks}`;
}

/** Keeps something outside of the world. */
export default defineRole({
  name: 'world', tick: 'every-message', components: [Player, Well], systems: [hunger(10)],
  actions: { Join: join, Walk: walkCounting, Look: look(0), Give: give(0), Dig: dig(NEVER) },
});
