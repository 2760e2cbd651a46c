import { add, addEntity, randomInt, tickOf, type Entity, type World } from '@beamline/ecs';
import { Loot, Roaming, Treasury } from './components.ts';
import { drawFrom, TREASURE } from './gold.ts';
import { ITEMS } from './items.ts';
import { place } from './map.ts';

const MONSTERS_AT_LARGE = 60;
const FIRST_PILES = 100;
const KINDS = 200;

/** Fills a new world: the treasury, monsters, and things to find. */
export function found(world: World): void {
  add(world, addEntity(world), Treasury, { gold: TREASURE });
  for (let i = 0; i < MONSTERS_AT_LARGE; i++) {
    const monster = addEntity(world);
    add(world, monster, Roaming, { kind: 1 + randomInt(world, KINDS) });
    place(world, monster);
  }
  for (let i = 0; i < FIRST_PILES; i++) scatter(world, addEntity(world));
}

/** Makes an entity a pile of gold, sometimes with an item, that lasts 2 to 10 minutes. */
export function scatter(world: World, pile: Entity): void {
  const item = randomInt(world, 4) === 0 ? 1 + randomInt(world, ITEMS) : 0;
  add(world, pile, Loot, { item, gold: drawFrom(world, 1 + randomInt(world, 50)), until: tickOf(world) + 480 + randomInt(world, 1920) });
  place(world, pile);
}
