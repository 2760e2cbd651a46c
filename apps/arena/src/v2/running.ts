import { get, has, query, remove, set, system } from '@beamline/ecs';
import { Heading, Position } from '../shared/world/components.ts';
import { walk } from '../shared/world/systems/movement.ts';
import { Stamina } from './skills.ts';

/** The new rule of movement: whoever has stamina runs, two cells a step for one point. */
export const running = /*#__PURE__*/ system({
  name: 'running',
  reads: [Heading],
  writes: [Position, Heading, Stamina],
  run: (world) => {
    for (const entity of query(world, [Heading, Position])) {
      const points = has(world, entity, Stamina) ? get(world, entity, Stamina, 'points') : 0;
      if (points > 0) set(world, entity, Stamina, 'points', points - 1);
      if (walk(world, entity, points > 0 ? 2 : 1)) remove(world, entity, Heading);
    }
  },
});

/** Standing still gives stamina back, a point a step. */
export const rest = /*#__PURE__*/ system({
  name: 'rest',
  reads: [Heading],
  writes: [Stamina],
  run: (world) => {
    for (const player of query(world, [Stamina], [Heading])) {
      const points = get(world, player, Stamina, 'points');
      if (points < get(world, player, Stamina, 'max')) set(world, player, Stamina, 'points', points + 1);
    }
  },
});
