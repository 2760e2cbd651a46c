import { add, query, randomInt, system } from '@beamline/ecs';
import { Heading, Roaming } from '../components.ts';
import { MAP_SIZE } from '../map.ts';

/** Now and then a monster that stands still picks a place to go. */
export const wander = /*#__PURE__*/ system({
  name: 'wander',
  reads: [Roaming],
  writes: [Heading],
  run: (world) => {
    for (const monster of query(world, [Roaming], [Heading])) {
      if (randomInt(world, 16) === 0) add(world, monster, Heading, { x: randomInt(world, MAP_SIZE), y: randomInt(world, MAP_SIZE) });
    }
  },
});
