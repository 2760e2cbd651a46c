import type { Column } from './component.ts';
import { digestText, fold, foldCells, foldText, type Digest } from './digest.ts';
import { maxOf, minOf } from './field.ts';
import { parseCell } from './page-text.ts';
import { escapeText } from '#target';

/** A page outside the process: `columns[c][row]`. JavaScript only. */
export interface PageImage {
  readonly rows: number;
  readonly columns: readonly (readonly (number | string)[])[];
}

/** A table outside the process. */
export interface TableImage {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly rows: number;
  readonly pages: readonly PageImage[];
}

/** Reads the text of a page. @throws 'ecs/bad-page: …' for anything but the canonical text of values in range. */
export function parsePage(columns: readonly Column[], text: string): PageImage {
  const parts = text.split(';');
  if (parts.length !== columns.length) throw `ecs/bad-page: ${parts.length} columns instead of ${columns.length}`;
  const parsed = parts.map((part, c) => parseColumn(columns[c]!, part));
  const rows = parsed[0]!.length;
  for (const [c, cells] of parsed.entries()) {
    if (cells.length !== rows) throw `ecs/bad-page: ${cells.length} rows of ${columns[c]!.name} instead of ${rows}`;
  }
  return { rows, columns: parsed };
}

function parseColumn({ kind, name }: Column, part: string): (number | string)[] {
  return part.split(',').map((text, row) => {
    const cell = parseCell(kind, text);
    if (typeof cell === 'string' || (cell !== undefined && kind === 'f64')) return cell;
    if (cell !== undefined && cell >= minOf(kind) && cell <= maxOf(kind)) return cell;
    throw `ecs/bad-page: row ${row} of ${name} is malformed or out of range`;
  });
}

/** The text that the process would give for this page. */
export function pageImageText(columns: readonly Column[], page: PageImage): string {
  return columns
    .map(({ kind }, c) => (kind === 'str' ? (page.columns[c] as string[]).map(escapeText) : page.columns[c]!).join(','))
    .join(';');
}

function digestOf(columns: readonly Column[], page: PageImage): Digest {
  const digest = { a: page.rows, b: page.rows };
  foldCells(digest, columns, page.columns, 0, page.rows);
  return digest;
}

/** The digest that the process would give for this page: `h1-h2`. */
export function pageImageDigest(columns: readonly Column[], page: PageImage): string {
  return digestText(digestOf(columns, page));
}

/** The digest that the process would give for a world of these tables, in this order. */
export function imageDigest(tables: readonly TableImage[]): string {
  const digest = { a: tables.length, b: tables.length };
  for (const table of tables) {
    foldText(digest, table.name);
    fold(digest, table.rows);
    for (const page of table.pages) {
      const { a, b } = digestOf(table.columns, page);
      fold(digest, a);
      fold(digest, b);
    }
  }
  return digestText(digest);
}
