import { get, query, remove, set, system, type Entity, type World } from '@beamline/ecs';
import { Heading, Position } from '../components.ts';
import { towards } from '../map.ts';

/** Walks `pace` cells each way; true once there. */
export function walk(world: World, entity: Entity, pace: number): boolean {
  const toX = get(world, entity, Heading, 'x');
  const toY = get(world, entity, Heading, 'y');
  const x = towards(get(world, entity, Position, 'x'), toX, pace);
  const y = towards(get(world, entity, Position, 'y'), toY, pace);
  set(world, entity, Position, 'x', x);
  set(world, entity, Position, 'y', y);
  return x === toX && y === toY;
}

/** Everyone with somewhere to go takes one step. */
export const movement = /*#__PURE__*/ system({
  name: 'movement',
  reads: [Heading],
  writes: [Position, Heading],
  run: (world) => {
    for (const entity of query(world, [Heading, Position])) {
      if (walk(world, entity, 1)) remove(world, entity, Heading);
    }
  },
});
