import type { Component, Fields } from './component.ts';
import type { Field, ValueOf } from './field.ts';
import { assertAlive, indexOf, isAlive } from './entity.ts';
import { appendRow, fillCell, removeRow, setCell, type Cell, type Table } from './table.ts';
import type { Entity, World } from './world.ts';

type FieldName<F extends Fields> = keyof F & string;

/** Values by field; array fields take a list of their values, from the first on. */
export type Values<F extends Fields> = { readonly [K in keyof F]?: ValueOf<F[K]> | readonly ValueOf<F[K]>[] };

/** The component's table. @throws 'ecs/unknown-component: …' when the world was made without it. */
export function tableOf(world: World, component: Component): Table {
  const table = world.byName[component.name];
  if (table === undefined) throw `ecs/unknown-component: ${component.name}`;
  return table;
}

/** Column of a field's i-th value. @throws 'ecs/no-field: …' */
export function columnOf(component: Component, field: string, i: number): number {
  const start = component.start[field];
  if (start === undefined) throw `ecs/no-field: ${component.name}.${field}`;
  const { length } = component.fields[field] as Field;
  if (!(i >= 0 && i < length)) throw `ecs/no-field: ${component.name}.${field}[${i}] of ${length}`;
  return start + i;
}

/** Row + 1, or 0. */
function rowOf(table: Table, entity: Entity): number {
  return table.rowOf[indexOf(entity)] ?? 0;
}

function rowHeld(world: World, entity: Entity, component: Component): number {
  const table = tableOf(world, component);
  const row = rowOf(table, entity);
  if (row !== 0 && table.data[0]![row - 1] === entity) return row - 1;
  assertAlive(world, entity);
  throw `ecs/no-component: ${component.name} of ${entity}`;
}

/**
 * Gives an entity a component, with 0 and '' where `values` says nothing. On a component it has already, only the given
 * values are written. @throws 'ecs/dead-entity: …', 'ecs/out-of-range: …'
 */
export function add<F extends Fields>(world: World, entity: Entity, component: Component<F>, values?: Values<F>): void {
  const table = tableOf(world, component);
  assertAlive(world, entity);
  const held = rowOf(table, entity);
  const row = held === 0 ? appendRow(table) : held - 1;
  if (held === 0) fillCell(table, row, 0, entity);
  if (values === undefined) return;
  for (const name of component.order) {
    const value = (values as Record<string, Cell | readonly Cell[] | undefined>)[name];
    if (typeof value === 'number' || typeof value === 'string') write(table, row, component.start[name]!, value, held === 0);
    else if (value !== undefined) writeAll(table, row, component, name, value, held === 0);
  }
}

function writeAll(table: Table, row: number, component: Component, name: string, values: readonly Cell[], fresh: boolean): void {
  const { length } = component.fields[name] as Field;
  if (values.length > length) throw `ecs/out-of-range: ${component.name}.${name} takes ${length} values`;
  for (let i = 0; i < values.length; i++) write(table, row, component.start[name]! + i, values[i]!, fresh);
}

function write(table: Table, row: number, column: number, value: Cell, fresh: boolean): void {
  if (fresh) fillCell(table, row, column, value);
  else setCell(table, row, column, value);
}

/** Takes a component away; nothing happens when the entity has none. @throws 'ecs/dead-entity: …' */
export function remove(world: World, entity: Entity, component: Component): void {
  const table = tableOf(world, component);
  assertAlive(world, entity);
  const row = rowOf(table, entity);
  if (row !== 0) removeRow(table, row - 1);
}

/** False, too, for dead entities. */
export function has(world: World, entity: Entity, component: Component): boolean {
  const row = rowOf(tableOf(world, component), entity);
  return row !== 0 && isAlive(world, entity);
}

/** Value of a field, the i-th of an array field. @throws 'ecs/dead-entity: …', 'ecs/no-component: …', 'ecs/no-field: …' */
export function get<F extends Fields, K extends FieldName<F>>(
  world: World, entity: Entity, component: Component<F>, field: K, i: number = 0,
): ValueOf<F[K]> {
  const row = rowHeld(world, entity, component);
  return tableOf(world, component).data[columnOf(component, field, i)]![row] as ValueOf<F[K]>;
}

/** Writes a field, the i-th of an array field. @throws as `get`, and 'ecs/out-of-range: …' */
export function set<F extends Fields, K extends FieldName<F>>(
  world: World, entity: Entity, component: Component<F>, field: K, value: ValueOf<F[K]>, i: number = 0,
): void {
  const row = rowHeld(world, entity, component);
  setCell(tableOf(world, component), row, columnOf(component, field, i), value);
}
