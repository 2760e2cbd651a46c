import { add, addEntity, component, find, get, i32, layoutHash, layoutOf, randomInt, set, str, u16, type World } from '@beamline/ecs';
import { defineRole, intTag, type Message } from '@beamline/kernel';
import { addComponent, migration, split } from '../src/index.ts';

/** A small game: players join, walk and are hit; version 2 splits their one component and gives them a shield. */
const Player = component('Player', { address: str, x: i32, hp: u16 });
const Walker = component('Walker', { x: i32, address: str });
const Health = component('Health', { hp: u16 });
const Shield = component('Shield', { points: u16 });
const Rock = component('Rock', { x: i32, weight: u16 });

function fillWithRocks(world: World): void {
  for (let n = 0; n < 2500; n += 1) add(world, addEntity(world), Rock, { x: randomInt(world, 1_000_000) - 500_000, weight: n });
}

export const v1 = defineRole({
  name: 'world',
  components: [Rock, Player],
  systems: [],
  init: fillWithRocks,
  tick: 'every-message',
  actions: {
    Join(world: World, message: Message) {
      add(world, addEntity(world), Player, { address: message.from, x: randomInt(world, 1000), hp: 100 });
      return 'joined';
    },
    Walk(world: World, message: Message) {
      const player = find(world, Player, 'address', message.from);
      set(world, player, Player, 'x', get(world, player, Player, 'x') + intTag(message, 'by', -100, 100));
      return `${get(world, player, Player, 'x')}`;
    },
  },
});

export const v2 = defineRole({
  name: 'world',
  components: [Rock, Walker, Health, Shield],
  systems: [],
  tick: 'every-message',
  actions: {
    Walk(world: World, message: Message) {
      const player = find(world, Walker, 'address', message.from);
      set(world, player, Walker, 'x', get(world, player, Walker, 'x') + intTag(message, 'by', -100, 100) * 2);
      return `${get(world, player, Walker, 'x')} ${get(world, player, Health, 'hp')} ${get(world, player, Shield, 'points')}`;
    },
  },
});

export const layoutV1 = layoutOf([Rock, Player]);
export const layoutV2 = layoutOf([Rock, Walker, Health, Shield]);
export const hashV1 = layoutHash(layoutV1);
export const hashV2 = layoutHash(layoutV2);

export const toV2 = migration({
  name: 'walkers',
  from: { role: 'world' },
  steps: [
    split('Player', { Walker: ['x', 'address'], Health: ['hp'] }),
    addComponent('Shield', { fields: Shield.fields, on: 'Health', values: { points: 25 } }),
  ],
});
