import { addEntity, type World } from '@beamline/ecs';
import { found } from '../../../apps/arena/src/shared/world/found.ts';
import { place } from '../../../apps/arena/src/shared/world/map.ts';

/** A number that occurs nowhere else: `withScenery` puts another in its place. */
const PIECES = 70_707_071;

/** Arena's world with things on the map that nobody moves. */
export function landscape(world: World): void {
  found(world);
  let left = PIECES;
  while (left > 0) {
    place(world, addEntity(world));
    left -= 1;
  }
}
