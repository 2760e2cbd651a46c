import { column, entityAt, get, rows, set, type Entity, type World } from '@beamline/ecs';
import { Loot, Purse, Treasury } from './components.ts';

export const TREASURE = 10000000;

/** Pays from the treasury, as much as it has. Returns what was paid. */
export function payOut(world: World, player: Entity, gold: number): number {
  const paid = drawFrom(world, gold);
  set(world, player, Purse, 'gold', get(world, player, Purse, 'gold') + paid);
  return paid;
}

/** Takes gold out of the treasury for whoever the caller gives it to. */
export function drawFrom(world: World, gold: number): number {
  const treasury = entityAt(world, Treasury, 0);
  const held = get(world, treasury, Treasury, 'gold');
  const drawn = gold < held ? gold : held;
  set(world, treasury, Treasury, 'gold', held - drawn);
  return drawn;
}

export function payIn(world: World, gold: number): void {
  const treasury = entityAt(world, Treasury, 0);
  set(world, treasury, Treasury, 'gold', get(world, treasury, Treasury, 'gold') + gold);
}

/** Moves gold between players; false, and nothing moved, when the payer has too little. */
export function payOver(world: World, from: Entity, to: Entity, gold: number): boolean {
  const held = get(world, from, Purse, 'gold');
  if (held < gold) return false;
  set(world, from, Purse, 'gold', held - gold);
  set(world, to, Purse, 'gold', get(world, to, Purse, 'gold') + gold);
  return true;
}

/** All gold there is: always `TREASURE`. */
export function goldInWorld(world: World): number {
  let gold = get(world, entityAt(world, Treasury, 0), Treasury, 'gold');
  const purses = column(world, Purse, 'gold');
  for (let row = 0; row < rows(world, Purse); row++) gold = gold + purses[row]!;
  const piles = column(world, Loot, 'gold');
  for (let row = 0; row < rows(world, Loot); row++) gold = gold + piles[row]!;
  return gold;
}
