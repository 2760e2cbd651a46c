import { addEntity, get, query, removeEntity, rows, system, tickOf } from '@beamline/ecs';
import { Loot, Position, Treasury } from '../components.ts';
import { payIn } from '../gold.ts';
import { scatter } from '../found.ts';

const PILES = 120;

/** Old piles sink into the ground, their gold returns to the treasury, and new piles appear elsewhere. */
export const decay = /*#__PURE__*/ system({
  name: 'decay',
  reads: [Loot],
  writes: [Loot, Position, Treasury],
  run: (world) => {
    for (const pile of query(world, [Loot])) {
      if (get(world, pile, Loot, 'until') <= tickOf(world)) {
        payIn(world, get(world, pile, Loot, 'gold'));
        removeEntity(world, pile);
      }
    }
    // One a step: a world that lost many piles at once recovers without a slow step.
    if (rows(world, Loot) < PILES) scatter(world, addEntity(world));
  },
});
