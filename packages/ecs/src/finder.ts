import type { Cell, Table } from './table.ts';
import { emptyRecord, forget } from '#target';

/** Finds the lowest row that holds a value. Keys are cells: text, or integers used as keys. @short */
export interface Finder {
  /** Lowest row + 1, or -1 when it must be looked for. */
  readonly first: Record<string, number>;
  /** How many rows hold the value. */
  readonly many: Record<string, number>;
}

export function findDropped(table: Table, column: number, row: number, value: Cell): void {
  const finder = table.finders[table.columns[column]!.name];
  if (finder === undefined) return;
  const key = value as string;
  const many = (finder.many[key] as number) - 1;
  if (many === 0) {
    forget(finder.many, key);
    forget(finder.first, key);
    return;
  }
  finder.many[key] = many;
  if (finder.first[key] === row + 1) finder.first[key] = -1;
}

export function findAdded(table: Table, column: number, row: number, value: Cell): void {
  const finder = table.finders[table.columns[column]!.name];
  if (finder === undefined) return;
  addTo(finder, row, value);
}

function addTo(finder: Finder, row: number, value: Cell): void {
  const key = value as string;
  const many = finder.many[key];
  if (many === undefined) {
    finder.many[key] = 1;
    finder.first[key] = row + 1;
    return;
  }
  finder.many[key] = many + 1;
  const first = finder.first[key] as number;
  if (row + 1 < first) finder.first[key] = row + 1;
}

/**
 * The lowest row whose cell equals `value`, or -1. The first search of a column builds an index, which every later
 * write keeps up to date; after that a search is one look-up, and a scan only when the lowest of several equals is gone.
 */
export function findRow(table: Table, column: number, value: Cell): number {
  const { name } = table.columns[column]!;
  const list = table.data[column]!;
  let finder = table.finders[name];
  if (finder === undefined) {
    finder = { first: emptyRecord<number>(), many: emptyRecord<number>() };
    const rows = table.count;
    for (let row = 0; row < rows; row++) addTo(finder, row, list[row]!);
    table.finders[name] = finder;
    table.finderCount = table.finderCount + 1;
  }
  const first = finder.first[value as string];
  if (first === undefined) return -1;
  if (first > 0) return first - 1;
  let row = 0;
  while (list[row] !== value) row = row + 1;
  finder.first[value as string] = row + 1;
  return row;
}
