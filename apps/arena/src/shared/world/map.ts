import { add, randomInt, type Entity, type World } from '@beamline/ecs';
import { Position } from './components.ts';

export const MAP_SIZE = 1000;

/** Puts an entity on a random cell. */
export function place(world: World, entity: Entity): void {
  add(world, entity, Position, { x: randomInt(world, MAP_SIZE), y: randomInt(world, MAP_SIZE) });
}

/** One coordinate after walking at most `pace` cells towards `to`. */
export function towards(from: number, to: number, pace: number): number {
  if (from < to) return from + pace < to ? from + pace : to;
  return from - pace > to ? from - pace : to;
}
