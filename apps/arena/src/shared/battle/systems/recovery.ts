import { column, rows, setAt, system } from '@beamline/ecs';
import { Energy } from '../components.ts';
import { FULL_ENERGY } from '../fight.ts';

/** A point of energy for everyone, every step. */
export const recovery = /*#__PURE__*/ system({
  name: 'recovery',
  reads: [Energy],
  writes: [Energy],
  run: (world) => {
    const points = column(world, Energy, 'points');
    for (let row = 0; row < rows(world, Energy); row++) {
      if (points[row]! < FULL_ENERGY) setAt(world, Energy, row, 'points', points[row]! + 1);
    }
  },
});
