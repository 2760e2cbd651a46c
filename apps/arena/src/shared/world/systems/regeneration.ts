import { column, rows, setAt, system, tickOf, type System } from '@beamline/ecs';
import { Health } from '../components.ts';

/** Every `everyTicks`, the wounded get `points` back; the fallen, at 0, do not. */
export function regenerationOf(points: number, everyTicks: number): System {
  return system({
    name: 'regeneration',
    reads: [Health],
    writes: [Health],
    run: (world) => {
      if (tickOf(world) % everyTicks !== 0) return;
      const hp = column(world, Health, 'hp');
      const max = column(world, Health, 'max');
      for (let row = 0; row < rows(world, Health); row++) {
        const healed = hp[row] === 0 ? 0 : hp[row]! + points;
        setAt(world, Health, row, 'hp', healed < max[row]! ? healed : max[row]!);
      }
    },
  });
}
