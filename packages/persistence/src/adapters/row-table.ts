import { Fault, type Slot } from '@beamline/core';
import { PAGE_ROWS, type Column } from '@beamline/ecs';
import type { TableSource } from '../columns/column-source.ts';
import { cellsOf } from '../columns/column-world.ts';

export interface RowTable extends TableSource {
  /** Lists the rows anew. */
  renew(): void;
}

export interface RowTableOptions<R> {
  name: string;
  columns: readonly Column[];
  slot: () => Slot;
  list(): R[];
  /** One cell per column. */
  cellsOf(row: R): readonly (number | string)[];
}

/**
 * A table over things that are read row by row. A page is read once for all of its columns, into cells that the next
 * page overwrites.
 */
export function rowTable<R>({ name, columns, slot, list, cellsOf: read }: RowTableOptions<R>): RowTable {
  const page = columns.map(({ kind }) => cellsOf(kind, PAGE_ROWS));
  let rows: R[] = [];
  let held = '';

  function fill(from: number, to: number): void {
    const key = `${slot()} ${from} ${to}`;
    if (key === held) return;
    held = '';
    for (let at = from; at < to; at += 1) {
      const cells = read(rows[at]!);
      for (const [c, cell] of cells.entries()) {
        const column = page[c]!;
        column[at - from] = cell as never;
        // A typed array would cut what does not fit, silently.
        if (column[at - from] !== cell) throw badCell(name, columns[c]!, at, cell);
      }
    }
    held = key;
  }

  return {
    name, columns,
    get rows() { return rows.length; },
    stamp: slot,
    cells(column, from, to) {
      fill(from, to);
      const cells = page[column]!;
      return Array.isArray(cells) ? cells.slice(0, to - from) : cells.subarray(0, to - from);
    },
    renew() {
      rows = list();
      held = '';
    },
  };
}

function badCell(table: string, { name, kind }: Column, row: number, cell: number | string): Fault {
  return new Fault('persistence/bad-cell', `row ${row} of ${table}.${name} holds ${String(cell)}, which is no ${kind}`, {
    hint: 'Give the field a kind that holds it, such as f64, or mend the value.',
    details: { table, column: name, row },
  });
}
