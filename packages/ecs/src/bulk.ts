import { columnOf, tableOf } from './access.ts';
import type { Component, Fields } from './component.ts';
import type { ValueOf } from './field.ts';
import { getCell, setCell } from './table.ts';
import type { Entity, World } from './world.ts';

/** How many entities have the component: rows 0 … rows-1. */
export function rows(world: World, component: Component): number {
  return tableOf(world, component).count;
}

/** The entity of a row. Removing a component moves the last row into the gap. */
export function entityAt(world: World, component: Component, row: number): Entity {
  return getCell(tableOf(world, component), row, 0) as Entity;
}

/**
 * The live column of a field: read `column[row]`, write with `setAt`. Longer than `rows` once rows were removed.
 * From Lua, row r is at `[r + 1]`.
 */
export function column<F extends Fields, K extends keyof F & string>(
  world: World, component: Component<F>, field: K, i: number = 0,
): readonly ValueOf<F[K]>[] {
  return tableOf(world, component).data[columnOf(component, field, i)] as ValueOf<F[K]>[];
}

/** Writes a field of a row. @throws 'ecs/no-row: …', 'ecs/no-field: …', 'ecs/out-of-range: …' */
export function setAt<F extends Fields, K extends keyof F & string>(
  world: World, component: Component<F>, row: number, field: K, value: ValueOf<F[K]>, i: number = 0,
): void {
  setCell(tableOf(world, component), row, columnOf(component, field, i), value);
}
