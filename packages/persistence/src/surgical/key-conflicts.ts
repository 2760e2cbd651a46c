import { Fault } from '@beamline/core';
import { tableNamed, type WorldImage } from '../world-image.ts';
import type { ImportConflict } from './plan-import.ts';

/**
 * Entities of `brought` whose key somebody in `world` has. Several keys of one entity must lead to one holder.
 * @throws Fault `persistence/bad-selection` for a key that is no field, or leads to two.
 */
export function keyConflicts(world: WorldImage, brought: WorldImage, keys: readonly string[]): (ImportConflict & { kind: 'key' })[] {
  const found = new Map<number, ImportConflict & { kind: 'key' }>();
  for (const field of keys) {
    const [there, here] = [columnOf(brought, field), columnOf(world, field)];
    const wanted = new Map<number | string, number>();
    for (let row = 0; row < there.rows; row += 1) wanted.set(there.cells[row]!, there.entities[row]!);
    for (let row = 0; row < here.rows; row += 1) {
      const value = here.cells[row]!;
      const entity = wanted.get(value);
      if (entity === undefined) continue;
      const holder = here.entities[row]!;
      const before = found.get(entity);
      if (before !== undefined && before.holder !== holder) {
        throw refused(`entity ${entity} of the file is ${before.holder} by ${before.field} and ${holder} by ${field}`, 'Import it with fewer keys, or correct the world first.');
      }
      if (before === undefined) found.set(entity, { kind: 'key', field, value, entity, holder });
    }
  }
  const holders = [...found.values()].map(({ holder }) => holder);
  const twice = holders.find((holder, n) => holders.indexOf(holder) !== n);
  if (twice !== undefined) throw refused(`two entities of the file are ${twice} here`, 'Their keys are not unique: import with fewer keys.');
  return [...found.values()];
}

function columnOf(image: WorldImage, key: string): { entities: readonly number[]; cells: ArrayLike<number | string>; rows: number } {
  const [component = '', field = ''] = key.split('.');
  const table = component.startsWith('$') ? undefined : tableNamed(image, component);
  const c = table?.columns.findIndex(({ name }, n) => n > 0 && name === field) ?? -1;
  if (table === undefined || c < 0) throw refused(`there is no field ${key}`, 'A key is a field of a component: Player.address.');
  return { entities: table.data[0] as readonly number[], cells: table.data[c]!, rows: table.rows };
}

function refused(why: string, hint: string): Fault {
  return new Fault('persistence/bad-selection', `the keys cannot be used: ${why}`, { hint });
}
