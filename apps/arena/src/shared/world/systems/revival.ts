import { get, query, remove, set, system, tickOf, type Entity, type World } from '@beamline/ecs';
import { Fallen, Health, Position } from '../components.ts';
import { place } from '../map.ts';

/** The fallen get up after a while, somewhere else. */
export const revival = /*#__PURE__*/ system({
  name: 'revival',
  reads: [Fallen],
  writes: [Fallen, Health, Position],
  run: (world) => {
    for (const player of query(world, [Fallen, Health])) {
      if (get(world, player, Fallen, 'until') <= tickOf(world)) getUp(world, player);
    }
  },
});

function getUp(world: World, player: Entity): void {
  remove(world, player, Fallen);
  set(world, player, Health, 'hp', get(world, player, Health, 'max'));
  place(world, player);
}
