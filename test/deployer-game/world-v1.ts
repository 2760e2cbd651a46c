import { add, addEntity, component, find, get, i32, randomInt, set, str, u16, u32, type World } from '@beamline/ecs';
import { defineRole, intTag, refuse, textTag, type Message } from '@beamline/kernel';

const Player = /*#__PURE__*/ component('Player', { address: str, score: u32 });
const Rock = /*#__PURE__*/ component('Rock', { x: i32, weight: u16 });

function fillWithRocks(world: World): void {
  for (let n = 0; n < 2000; n++) add(world, addEntity(world), Rock, { x: randomInt(world, 1000000), weight: n });
}

function award(world: World, address: string, n: number): string {
  let player = find(world, Player, 'address', address);
  if (player === 0) {
    player = addEntity(world);
    add(world, player, Player, { address });
  }
  set(world, player, Player, 'score', get(world, player, Player, 'score') + n);
  return `${get(world, player, Player, 'score')}`;
}

/** Counts points; battles may award some. */
export default defineRole({
  name: 'world', components: [Rock, Player], init: fillWithRocks,
  actions: {
    Add: (world: World, message: Message) => award(world, message.from, intTag(message, 'n', 0, 1000)),
    Award: (world: World, message: Message) => {
      if (message.link === '') return refuse('game/stranger', 'Only battles award');
      return award(world, textTag(message, 'player', 64), intTag(message, 'n', 0, 1000));
    },
    Score: (world: World, message: Message) => {
      const player = find(world, Player, 'address', textTag(message, 'player', 64));
      return player === 0 ? '0' : `${get(world, player, Player, 'score')}`;
    },
  },
});
