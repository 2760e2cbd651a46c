import { add, addEntity, component, find, i32, str, u16, u32, type World } from '@beamline/ecs';
import { defineRole, refuse, type Message, type Reply } from '@beamline/kernel';
import { dig, give, hunger, look, NEVER, walk, Well } from './game.ts';

const Armoured = /*#__PURE__*/ component('Player', { name: str, x: i32, gold: u32, food: u16, armour: u16 });

function join(world: World, message: Message): Reply {
  if (find(world, Armoured, 'name', message.from) !== 0) return refuse('game/here', 'You are here');
  add(world, addEntity(world), Armoured, { name: message.from, gold: 10, food: 5000, armour: 10 });
  return 'joined';
}

/** Who joins has armour; the migration must give it to the others. */
export default defineRole({
  name: 'world', tick: 'every-message', components: [Armoured, Well], systems: [hunger(10)],
  actions: { Join: join, Walk: walk(1), Look: look(0), Give: give(0), Dig: dig(NEVER) },
});
