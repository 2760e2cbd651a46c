import { appendRow, removeRow, setCell } from './table.ts';
import { STATE } from './state.ts';
import type { Entity, World } from './world.ts';

const INDEXES = 1048576;
const GENERATIONS = 4096;

/** Index part of a handle: the row in `$entities`. */
export function indexOf(entity: Entity): number {
  return entity & 0xfffff;
}

/** A new entity without components. @throws 'ecs/full: …' beyond 1,048,575 entities. */
export function addEntity(world: World): Entity {
  const { entities, free } = world;
  let index = entities.count;
  if (free.count > 0) {
    index = free.data[0]![free.count - 1] as number;
    removeRow(free, free.count - 1);
  } else {
    if (index >= INDEXES) throw 'ecs/full: 1048575 entities';
    appendRow(entities);
  }
  setCell(entities, index, 1, 1);
  countAlive(world, 1);
  return (entities.data[0]![index] as number) * INDEXES + index;
}

/** Removes an entity and its components; its handle is dead from now on. @throws 'ecs/dead-entity: …' */
export function removeEntity(world: World, entity: Entity): void {
  assertAlive(world, entity);
  const index = indexOf(entity);
  for (const table of world.tables) {
    const row = table.keyed ? table.rowOf[index] : 0;
    if (row !== undefined && row !== 0) removeRow(table, row - 1);
  }
  const generation = (world.entities.data[0]![index] as number) + 1;
  setCell(world.entities, index, 0, generation);
  setCell(world.entities, index, 1, 0);
  // An index that ran out of generations is never handed out again: an old handle could come alive.
  if (generation < GENERATIONS) appendRow(world.free, [index]);
  countAlive(world, -1);
}

/** False for 0, for removed entities and for numbers that never were one: safe for handles that players send. */
export function isAlive(world: World, entity: Entity): boolean {
  if (!(entity > 0 && entity <= 4294967295)) return false;
  const index = indexOf(entity);
  if (index >= world.entities.count || world.entities.data[1]![index] !== 1) return false;
  return (world.entities.data[0]![index] as number) * INDEXES + index === entity;
}

export function assertAlive(world: World, entity: Entity): void {
  if (!isAlive(world, entity)) throw `ecs/dead-entity: ${entity}`;
}

/** Entities alive. */
export function entityCount(world: World): number {
  return world.state.data[STATE.alive]![0] as number;
}

function countAlive(world: World, by: number): void {
  setCell(world.state, 0, STATE.alive, entityCount(world) + by);
}
