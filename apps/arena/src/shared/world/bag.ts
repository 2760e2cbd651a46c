import { get, set, type Entity, type World } from '@beamline/ecs';
import { Bag } from './components.ts';

export const SLOTS = 8;
const STACK = 60000;

/** Slot of an item, or -1. Item 0 finds an empty slot. */
function slotOf(world: World, player: Entity, item: number): number {
  for (let slot = 0; slot < SLOTS; slot++) {
    if (get(world, player, Bag, 'items', slot) === item) return slot;
  }
  return -1;
}

/** How many of an item a player carries. */
export function carried(world: World, player: Entity, item: number): number {
  const slot = slotOf(world, player, item);
  return slot < 0 ? 0 : get(world, player, Bag, 'counts', slot);
}

export function hasRoom(world: World, player: Entity, item: number, count: number): boolean {
  const slot = slotOf(world, player, item);
  if (slot < 0) return slotOf(world, player, 0) >= 0;
  return get(world, player, Bag, 'counts', slot) + count <= STACK;
}

/** False, and nothing changed, when the bag is full. */
export function stow(world: World, player: Entity, item: number, count: number): boolean {
  if (!hasRoom(world, player, item, count)) return false;
  let slot = slotOf(world, player, item);
  if (slot < 0) slot = slotOf(world, player, 0);
  set(world, player, Bag, 'items', item, slot);
  set(world, player, Bag, 'counts', get(world, player, Bag, 'counts', slot) + count, slot);
  return true;
}

/** False, and nothing changed, when the player carries fewer. */
export function take(world: World, player: Entity, item: number, count: number): boolean {
  const slot = slotOf(world, player, item);
  if (slot < 0) return false;
  const left = get(world, player, Bag, 'counts', slot) - count;
  if (left < 0) return false;
  set(world, player, Bag, 'counts', left, slot);
  if (left === 0) set(world, player, Bag, 'items', 0, slot);
  return true;
}
