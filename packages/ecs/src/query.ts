import { columnOf, tableOf } from './access.ts';
import type { Component, Fields } from './component.ts';
import type { ValueOf } from './field.ts';
import { findRow } from './finder.ts';
import type { Entity, World } from './world.ts';

/**
 * Entities that have every component of `all` and none of `without`: a fresh list in the row order of the first
 * component listed. Name the rarest first: only its rows are visited.
 */
export function query(world: World, all: readonly Component[], without: readonly Component[] = []): Entity[] {
  const found: Entity[] = [];
  const table = tableOf(world, all[0]!);
  const entities = table.data[0] as Entity[];
  let count = 0;
  const rows = table.count;
  for (let row = 0; row < rows; row++) {
    const index = entities[row]! & 0xfffff;
    if (holdsAll(world, index, all) && holdsNone(world, index, without)) {
      found[count] = entities[row]!;
      count = count + 1;
    }
  }
  return found;
}

function holdsAll(world: World, index: number, components: readonly Component[]): boolean {
  for (let i = 1; i < components.length; i++) {
    const row = tableOf(world, components[i]!).rowOf[index];
    if (row === undefined || row === 0) return false;
  }
  return true;
}

function holdsNone(world: World, index: number, components: readonly Component[]): boolean {
  for (const component of components) {
    const row = tableOf(world, component).rowOf[index];
    if (row !== undefined && row !== 0) return false;
  }
  return true;
}

/** The entity in the lowest row whose field equals `value`, or 0. Indexed: see `findRow`. */
export function find<F extends Fields, K extends keyof F & string>(
  world: World, component: Component<F>, field: K, value: ValueOf<F[K]>,
): Entity {
  const table = tableOf(world, component);
  const row = findRow(table, columnOf(component, field, 0), value);
  return row < 0 ? 0 : (table.data[0]![row] as Entity);
}
