import { add, addEntity, component, find, get, i32, randomInt, set, str, u16, type World } from '@beamline/ecs';
import { defineRole, intTag, type Message } from '@beamline/kernel';

export const Player = /*#__PURE__*/ component('Player', { address: str, x: i32, hp: u16 });
export const Rock = /*#__PURE__*/ component('Rock', { x: i32, weight: u16 });

function fillWithRocks(world: World): void {
  for (let n = 0; n < 2500; n++) add(world, addEntity(world), Rock, { x: randomInt(world, 1000000) - 500000, weight: n });
}

function join(world: World, message: Message): string {
  add(world, addEntity(world), Player, { address: message.from, x: randomInt(world, 1000), hp: 100 });
  return 'joined';
}

function walk(world: World, message: Message): string {
  const player = find(world, Player, 'address', message.from);
  set(world, player, Player, 'x', get(world, player, Player, 'x') + intTag(message, 'by', -100, 100));
  return `${get(world, player, Player, 'x')}`;
}

/** A small game: 2,500 rocks from a seed; players join and walk. */
export default defineRole({
  name: 'world', components: [Rock, Player], systems: [], init: fillWithRocks, tick: 'every-message', actions: { Join: join, Walk: walk },
});
