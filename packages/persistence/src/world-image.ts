import type { Slot } from '@beamline/core';
import type { Column, PageImage } from '@beamline/ecs';
import { PAGE_ROWS } from '@beamline/ecs';

/** Cells of one column, one per row: integers (`bool` as 0 and 1), or strings where the kind is `str`. */
export type Cells = readonly (number | string)[];

/** One table, decoded. `data[c][r]` is the cell of column `c` in row `r`; rows keep the order they have in the process. */
export interface TableImage {
  name: string;
  columns: readonly Column[];
  rows: number;
  data: readonly Cells[];
  /** Per page: slot of the last write, as the process the image came from counts them. */
  stamps: readonly Slot[];
}

/**
 * A world's state outside of any process. Tables stand in the process's order: `$world`, `$entities`, `$free`, the
 * components of the role, then the tables of the kernel. Treat images as values: functions return new ones and share
 * the columns they did not change.
 */
export interface WorldImage {
  slot: Slot;
  /** Hash of the layout the components follow. */
  layout: string;
  tables: readonly TableImage[];
}

export function pageCountOf(rows: number): number {
  return Math.ceil(rows / PAGE_ROWS);
}

/** Page `n` of a table: at most 1,024 rows. */
export function pageOf(table: TableImage, n: number): PageImage {
  const from = n * PAGE_ROWS;
  const rows = Math.min(PAGE_ROWS, table.rows - from);
  return { rows, columns: table.data.map((cells) => cells.slice(from, from + rows)) };
}

export function pagesOf(table: TableImage): PageImage[] {
  return Array.from({ length: pageCountOf(table.rows) }, (_, n) => pageOf(table, n));
}

/** The inverse of `pagesOf`. Every page but the last holds 1,024 rows. */
export function tableOfPages(
  name: string, columns: readonly Column[], pages: readonly PageImage[], stamps: readonly Slot[],
): TableImage {
  const data = columns.map((_, c) => pages.flatMap((page) => page.columns[c]!));
  return { name, columns, rows: pages.reduce((sum, page) => sum + page.rows, 0), data, stamps };
}

/** @returns the table, or `undefined` when the world has none of that name. */
export function tableNamed(image: WorldImage, name: string): TableImage | undefined {
  return image.tables.find((table) => table.name === name);
}
