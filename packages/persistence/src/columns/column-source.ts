import type { Slot } from '@beamline/core';
import type { Column } from '@beamline/ecs';
import type { ColumnCells, ColumnTable, ColumnWorld } from './column-world.ts';

/** One table as a snapshotter reads it. Rows keep their places while they are not written. */
export interface TableSource {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: number;
  /**
   * Slot of the last write into a page of 1,024 rows, or a later one. A world that does not track writes answers its
   * `slot()`: then every page is read and hashed, and still only those that differ are written.
   */
  stamp(page: number): Slot;
  /** Cells of rows `from` up to `to`, of the column's type (`ColumnCells`): a view or a copy, read before the next call. */
  cells(column: number, from: number, to: number): ColumnCells;
}

/**
 * A world that lives in JavaScript, as snapshots read it: write one for your own ECS. Checked by `describeColumnSource`
 * in `@beamline/persistence/testing`. Read between slots only: what is read at `slot()` s contains all writes of slot s,
 * and every later write carries a later slot.
 */
export interface ColumnSource {
  /** Hash of the layout the tables follow. */
  readonly layout: string;
  /** Last slot applied. */
  slot(): Slot;
  /** The tables as they are now, by the same names and in the same order each time. */
  tables(): readonly TableSource[];
}

/** A world of typed columns as a source: nothing is copied. */
export function columnSource(world: ColumnWorld): ColumnSource {
  return {
    layout: world.layout,
    slot: () => world.slot,
    tables: () => world.tables.map(tableSource),
  };
}

function tableSource(table: ColumnTable): TableSource {
  return {
    name: table.name,
    columns: table.columns,
    rows: table.rows,
    stamp: (page) => table.stamps[page]!,
    cells: (column, from, to) => {
      const cells = table.data[column]!;
      return Array.isArray(cells) ? cells.slice(from, to) : cells.subarray(from, to);
    },
  };
}
