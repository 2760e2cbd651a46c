import type { Cell, Table } from './table.ts';

/*
 * Flat records of five: operation, table, row, column, old value. One list for all, because a table per record would
 * make luerl's garbage collector quadratic.
 */
export const RECORD = 5;
export const CELL = 0;
export const APPEND = 1;
export const REMOVE = 2;

function record(table: Table, operation: number, row: number, column: number, value: Cell): void {
  const { world } = table;
  const at = world.logCount * RECORD;
  const log = world.log;
  log[at] = operation;
  log[at + 1] = table.index;
  log[at + 2] = row;
  log[at + 3] = column;
  log[at + 4] = value;
  world.logCount = world.logCount + 1;
}

export function logCell(table: Table, row: number, column: number, old: Cell): void {
  record(table, CELL, row, column, old);
}

export function logAppend(table: Table): void {
  record(table, APPEND, 0, 0, 0);
}

/** Comes after the removed row's cells, so that undoing meets it before them. */
export function logRemove(table: Table, row: number): void {
  record(table, REMOVE, row, 0, 0);
}
