import { add, addEntity, component, find, get, i32, randomInt, set, str, u16, u32, type World } from '@beamline/ecs';
import { defineRole, intTag, refuse, textTag, type Message } from '@beamline/kernel';

const Player = /*#__PURE__*/ component('Player', { address: str, points: u32 });
const Rank = /*#__PURE__*/ component('Rank', { level: u16 });
const Rock = /*#__PURE__*/ component('Rock', { x: i32, weight: u16 });

/** What is wrong with this release: `flawed` writes another word into its bundle. */
const flaw = { is: 'flawless' };

function fillWithRocks(world: World): void {
  for (let n = 0; n < 2000; n++) add(world, addEntity(world), Rock, { x: randomInt(world, 1000000), weight: n });
}

function award(world: World, address: string, n: number): string {
  if (flaw.is === 'slow') for (let i = 0; i < 60_000; i++) randomInt(world, 10);
  if (flaw.is === 'leaks') add(world, addEntity(world), Rock, { x: 1, weight: 1 });
  let player = find(world, Player, 'address', address);
  if (player === 0) {
    player = addEntity(world);
    add(world, player, Player, { address });
  }
  set(world, player, Player, 'points', get(world, player, Player, 'points') + n);
  return `${get(world, player, Player, 'points')}`;
}

function score(world: World, message: Message): string {
  if (flaw.is === 'errs') throw 'game/flawed: no scores today';
  let looks = 0;
  while (flaw.is === 'loops') looks = looks < 9 ? looks + 1 : 0;
  const player = find(world, Player, 'address', textTag(message, 'player', 64));
  const points = player === 0 ? 0 : get(world, player, Player, 'points');
  return `${flaw.is === 'lies' ? points + 1 : points}`;
}

/** Version 2 of the world, with room for a flaw. */
export default defineRole({
  name: 'world', components: [Rock, Player, Rank], init: fillWithRocks,
  actions: {
    Add: (world: World, message: Message) => award(world, message.from, intTag(message, 'n', 0, 1000)),
    Award: (world: World, message: Message) => {
      if (message.link === '') return refuse('game/stranger', 'Only battles award');
      return award(world, textTag(message, 'player', 64), intTag(message, 'n', 0, 1000));
    },
    Score: score,
  },
});
