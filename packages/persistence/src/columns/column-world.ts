import type { Slot } from '@beamline/core';
import type { Column, FieldKind } from '@beamline/ecs';
import { PAGE_ROWS } from '@beamline/ecs';

/**
 * Cells of one column. By kind: `u8` and `bool` (0 or 1) Uint8Array, `i8` Int8Array, `u16` Uint16Array, `i16` Int16Array,
 * `u32` and `eid` Uint32Array, `i32` Int32Array, `f64` (finite) and `i53` (integers below 2^53) Float64Array, `str` texts.
 */
export type ColumnCells =
  | Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float64Array | string[];

/** One table of a world that lives in JavaScript. Rows `0 … rows-1` are alive; what lies beyond is spare room. */
export interface ColumnTable {
  readonly name: string;
  readonly columns: readonly Column[];
  rows: number;
  /** One per column, at least `rows` long. Replaced by longer ones when the table grows: read them anew after `setRows`. */
  readonly data: ColumnCells[];
  /** Per page of 1,024 rows: slot of the last write. */
  readonly stamps: Slot[];
}

/** A world as typed columns: up to 2^32 - 1 rows in a table, entities being any u32. */
export interface ColumnWorld {
  /** Last slot applied. Every write after a snapshot must carry a later one. */
  slot: Slot;
  /** Hash of the layout the tables follow. */
  layout: string;
  readonly tables: readonly ColumnTable[];
}

/** Zeros, or empty texts, of the type that holds a kind. */
export function cellsOf(kind: FieldKind, length: number): ColumnCells {
  switch (kind) {
    case 'str': return Array.from({ length }, () => '');
    case 'u8': case 'bool': return new Uint8Array(length);
    case 'i8': return new Int8Array(length);
    case 'u16': return new Uint16Array(length);
    case 'i16': return new Int16Array(length);
    case 'u32': case 'eid': return new Uint32Array(length);
    case 'i32': return new Int32Array(length);
    case 'f64': case 'i53': return new Float64Array(length);
  }
}

/** A table of `rows` rows of zeros and empty texts, all stamped 0. */
export function createColumnTable(name: string, columns: readonly Column[], rows = 0): ColumnTable {
  return {
    name, columns, rows,
    data: columns.map(({ kind }) => cellsOf(kind, rows)),
    stamps: Array.from({ length: Math.ceil(rows / PAGE_ROWS) }, () => 0),
  };
}

/** Notes that a row is written in this slot. Two array accesses: call it for each write, or once for each page. */
export function touch(table: ColumnTable, row: number, slot: Slot): void {
  table.stamps[row >>> 10] = slot;
}

/**
 * Adds rows of zeros and empty texts, or drops the last rows. Room doubles as it grows, so that adding rows one by one
 * costs little. Every page whose rows change is stamped.
 */
export function setRows(table: ColumnTable, rows: number, slot: Slot): void {
  const before = table.rows;
  for (const [c, { kind }] of table.columns.entries()) {
    const cells = table.data[c]!;
    if (rows > cells.length) table.data[c] = grown(kind, cells, Math.max(rows, Math.min(cells.length * 2, 2 ** 32 - 1)));
    // Dropped rows are blanked, so that they come back empty.
    if (rows < before) table.data[c]!.fill((kind === 'str' ? '' : 0) as never, rows, before);
  }
  table.rows = rows;
  const pages = Math.ceil(rows / PAGE_ROWS);
  for (let page = Math.min(rows, before) >>> 10; page < pages; page += 1) table.stamps[page] = slot;
  table.stamps.length = pages;
}

function grown(kind: FieldKind, cells: ColumnCells, length: number): ColumnCells {
  const more = cellsOf(kind, length);
  if (Array.isArray(more)) for (const [row, text] of (cells as string[]).entries()) more[row] = text;
  else more.set(cells as Exclude<ColumnCells, string[]>);
  return more;
}
