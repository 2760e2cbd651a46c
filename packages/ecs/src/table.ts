import { maxOf, minOf } from './field.ts';
import type { Column } from './component.ts';
import type { World } from './world.ts';
import { asFloat, asInteger, emptyRecord, isText, LUA } from '#target';
import { findAdded, findDropped, type Finder } from './finder.ts';
import { logAppend, logCell, logRemove } from './undo-log.ts';

export type Cell = number | string;

/** Rows of a page: the unit of change tracking, digests and snapshots. */
export const PAGE_ROWS = 1024;

/**
 * Columns of cells with one row per thing: the primitive under components and under the kernel's own state. Rows
 * `0 … count-1` are alive; cells beyond are 0 or ''. In Lua, row r of a list is at `[r + 1]`.
 * @short
 */
export interface Table {
  readonly world: World;
  /** Position in `world.tables`. */
  readonly index: number;
  readonly name: string;
  readonly columns: readonly Column[];
  /** One list per column. */
  readonly data: Cell[][];
  count: number;
  /** Per page: `world.slot` of the last write. A write that was rolled back may leave a later slot, never an earlier one. */
  readonly stamps: number[];
  /** Per page: cached digests; -1 means unknown. */
  readonly hashA: number[];
  readonly hashB: number[];
  /** Smallest and largest value per column. */
  readonly min: readonly number[];
  readonly max: readonly number[];
  /** Column 0 is `$entity`, and `rowOf[entity index]` is its row + 1, or 0. */
  readonly keyed: boolean;
  readonly rowOf: number[];
  /** Search indexes by column name, built by the first search. */
  finders: Record<string, Finder>;
  finderCount: number;
}

export function createTable(world: World, name: string, columns: readonly Column[], keyed: boolean): Table {
  if (world.byName[name] !== undefined) throw `ecs/duplicate-component: ${name}`;
  const data: Cell[][] = [];
  const min: number[] = [];
  const max: number[] = [];
  let count = 0;
  for (const { kind } of columns) {
    if (LUA && kind === 'f64') throw `ecs/f64-in-lua: ${name}`;
    data[count] = [];
    min[count] = minOf(kind);
    max[count] = maxOf(kind);
    count = count + 1;
  }
  const table: Table = {
    world, index: world.tables.length, name, columns, data, count: 0, stamps: [], hashA: [], hashB: [], min, max,
    keyed, rowOf: [], finders: emptyRecord<Finder>(), finderCount: 0,
  };
  world.tables[table.index] = table;
  world.byName[name] = table;
  return table;
}

/** Adds a row, of zeros and empty texts unless `values` gives one cell per column. Returns its number. */
export function appendRow(table: Table, values?: readonly Cell[]): number {
  const row = pushRow(table);
  if (table.world.logging) logAppend(table);
  if (values !== undefined) {
    const width = table.data.length;
    for (let column = 0; column < width; column++) fillCell(table, row, column, values[column] as Cell);
  }
  return row;
}

/** Removes a row by moving the last row into its place. */
export function removeRow(table: Table, row: number): void {
  checkRow(table, row);
  if (table.world.logging) {
    const width = table.data.length;
    for (let column = 0; column < width; column++) logCell(table, row, column, table.data[column]![row]!);
    logRemove(table, row);
  }
  dropRow(table, row);
}

export function getCell(table: Table, row: number, column: number): Cell {
  checkRow(table, row);
  return table.data[column]![row]!;
}

/** @throws 'ecs/out-of-range: …' when the value does not fit the column's kind. */
export function setCell(table: Table, row: number, column: number, value: Cell): void {
  checkRow(table, row);
  const cell = fitting(table, column, value);
  const old = table.data[column]![row]!;
  if (old === cell) return;
  if (table.world.logging) logCell(table, row, column, old);
  place(table, row, column, cell);
}

/** Writes into a row appended in this same transaction: its undo is the row's. */
export function fillCell(table: Table, row: number, column: number, value: Cell): void {
  place(table, row, column, fitting(table, column, value));
}

/** The value as the column stores it. @throws 'ecs/out-of-range: …' */
export function fitting(table: Table, column: number, value: Cell): Cell {
  const kind = table.columns[column]!.kind;
  if (kind === 'str') {
    if (typeof value !== 'string' || !isText(value)) misfit(table, column, 'Unicode text');
    return value;
  }
  const number = !LUA && kind === 'f64' ? asFloat(value as number) : asInteger(value as number);
  if (number === undefined) misfit(table, column, kind);
  else if (kind !== 'f64' && (number < table.min[column]! || number > table.max[column]!)) misfit(table, column, kind);
  return number as Cell;
}

function misfit(table: Table, column: number, wanted: string): void {
  throw `ecs/out-of-range: ${table.name}.${table.columns[column]!.name} takes ${wanted}`;
}

function checkRow(table: Table, row: number): void {
  if (row >= 0 && row < table.count) return;
  throw `ecs/no-row: ${table.name}[${row}] of ${table.count}`;
}

/** Marks the page of a row as changed in this slot. */
export function touch(table: Table, row: number): void {
  // beamline-disable-next-line bit-operator: rows are counted from 0 and stay below 2^20.
  const page = row >>> 10;
  table.stamps[page] = table.world.slot;
  table.hashA[page] = -1;
}

/** Writes a cell that fits, keeping every index right. Not logged. */
export function place(table: Table, row: number, column: number, value: Cell): void {
  const list = table.data[column]!;
  const old = list[row]!;
  if (table.finderCount > 0) {
    findDropped(table, column, row, old);
    findAdded(table, column, row, value);
  }
  if (column === 0 && table.keyed) {
    const before = (old as number) & 0xfffff;
    if (before !== 0 && table.rowOf[before] === row + 1) table.rowOf[before] = 0;
    linkRow(table, (value as number) & 0xfffff, row);
  }
  list[row] = value;
  touch(table, row);
}

function linkRow(table: Table, index: number, row: number): void {
  if (index === 0) return;
  let size = table.rowOf.length;
  while (size < index) {
    table.rowOf[size] = 0;
    size = size + 1;
  }
  table.rowOf[index] = row + 1;
}

/** Adds a row of defaults. Not logged. */
export function pushRow(table: Table): number {
  const row = table.count;
  const width = table.data.length;
  table.count = row + 1;
  for (let column = 0; column < width; column++) {
    const value = table.columns[column]!.kind === 'str' ? '' : 0;
    table.data[column]![row] = value;
    if (table.finderCount > 0) findAdded(table, column, row, value);
  }
  touch(table, row);
  return row;
}

/** Moves the last row into `row` and shortens the table. Not logged. */
export function dropRow(table: Table, row: number): void {
  const last = table.count - 1;
  const width = table.data.length;
  if (table.keyed) {
    const list = table.data[0] as number[];
    table.rowOf[list[row]! & 0xfffff] = 0;
    if (row !== last) table.rowOf[list[last]! & 0xfffff] = row + 1;
  }
  for (let column = 0; column < width; column++) {
    const list = table.data[column]!;
    const moved = list[last]!;
    if (table.finderCount > 0) {
      findDropped(table, column, row, list[row]!);
      if (row !== last) {
        findDropped(table, column, last, moved);
        findAdded(table, column, row, moved);
      }
    }
    list[row] = moved;
    list[last] = table.columns[column]!.kind === 'str' ? '' : 0;
  }
  touch(table, row);
  touch(table, last);
  table.count = last;
}

/** The inverse of `dropRow`: moves `row` back to the end and leaves its cells to be written again. Not logged. */
export function reopenRow(table: Table, row: number): void {
  const last = pushRow(table);
  if (row === last) return;
  const width = table.data.length;
  for (let column = 0; column < width; column++) place(table, last, column, table.data[column]![row]!);
}
