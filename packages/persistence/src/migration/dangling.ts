import type { WorldImage } from '../world-image.ts';
import { tableNamed } from '../world-image.ts';
import type { Misfit } from './misfit.ts';

/** Whether a handle names an entity that is alive, as `isAlive` of ecs decides it inside. */
export type Liveness = (entity: number) => boolean;

const INDEXES = 1_048_576;

/** A world without `$entities` knows nobody: there every handle counts as alive. */
export function createLiveness(image: WorldImage): Liveness {
  const entities = tableNamed(image, '$entities');
  if (entities === undefined) return () => true;
  const [generation, alive] = entities.data as unknown as readonly [ArrayLike<number>, ArrayLike<number>];
  return (entity) => {
    const index = entity % INDEXES;
    return index < entities.rows && alive[index] === 1 && generation[index]! * INDEXES + index === entity;
  };
}

/** References of components that name nobody alive. 0 is no reference. */
export function* danglingReferences(image: WorldImage, isAlive: Liveness): Iterable<Misfit> {
  for (const { name, columns, data, rows } of image.tables) {
    if (name.startsWith('$')) continue;
    const entities = data[0] as ArrayLike<number>;
    for (const [c, column] of columns.entries()) {
      if (c === 0 || column.kind !== 'eid') continue;
      const cells = data[c] as ArrayLike<number>;
      for (let row = 0; row < rows; row += 1) {
        const value = cells[row]!;
        if (value !== 0 && !isAlive(value)) {
          yield { component: name, field: column.name, entity: entities[row]!, value, why: 'it names an entity that is gone' };
        }
      }
    }
  }
}
