import { addEntity, add, query, set, get, system, type World } from '@beamline/ecs';
import { Lonely, Score } from './components.ts';
import levels from './levels.json' with { type: 'json' };

/** Nobody else calls it: it goes when decay goes. */
function lose(world: World, entity: number): void {
  set(world, entity, Score, 'points', get(world, entity, Score, 'points') + levels[3]!);
}

export const decayOfScores = system({
  name: 'decay',
  reads: [Score],
  writes: [Score],
  run(world) {
    for (const entity of query(world, [Score])) lose(world, entity);
    if (levels.length === 0) add(world, addEntity(world), Lonely, {});
  },
});
