import { pageRows } from './digest.ts';
import type { FieldKind } from './field.ts';
import { fitting, PAGE_ROWS, touch, type Cell, type Table } from './table.ts';
import { escapeText, joinRange, LUA, parseFloatText, parseInteger, split, unescapeText } from '#target';

/*
 * A page as ASCII text: columns joined by ';', their cells by ','. Integers are decimal; text is percent-escaped, every
 * byte of its UTF-8 outside [A-Za-z0-9_.~ -] as %XX. One text per page content: equal pages have equal text.
 */

/** @throws 'ecs/no-page: …' */
export function pageText(table: Table, page: number): string {
  const from = page * PAGE_ROWS;
  const size = pageRows(table, page);
  if (!(page >= 0 && size > 0)) throw `ecs/no-page: ${table.name}/${page}`;
  const parts: string[] = [];
  const width = table.columns.length;
  for (let column = 0; column < width; column++) {
    const list = table.data[column]!;
    if (table.columns[column]!.kind === 'str') {
      const escaped: string[] = [];
      for (let i = 0; i < size; i++) escaped[i] = escapeText(list[from + i] as string);
      parts[column] = joinRange(escaped, ',', 0, size);
    } else parts[column] = joinRange(list, ',', from, from + size);
  }
  return joinRange(parts, ';', 0, width);
}

/**
 * Replaces a page by its text. Prepare the table with `resizeTable`, load every page, then call `afterLoad`. Not part
 * of any transaction; a refused page leaves its page as it was. @throws 'ecs/bad-page: …'
 */
export function loadPageText(table: Table, page: number, text: string): void {
  const size = pageRows(table, page);
  const place = `ecs/bad-page: ${table.name}/${page}`;
  if (!(page >= 0 && size > 0)) throw place;
  const parts = split(text, ';');
  const width = parts.length;
  if (width !== table.columns.length) throw `${place} has ${width} columns`;
  const loaded: Cell[][] = [];
  for (let column = 0; column < width; column++) {
    const { kind, name } = table.columns[column]!;
    const cells: Cell[] = split(parts[column]!, ',');
    if (cells.length !== size) throw `${place} has ${cells.length} rows of ${name}`;
    for (let i = 0; i < size; i++) {
      const cell = parseCell(kind, cells[i] as string);
      if (cell === undefined) throw `${place} ${name}[${i}]`;
      cells[i] = fitting(table, column, cell);
    }
    loaded[column] = cells;
  }
  const from = page * PAGE_ROWS;
  for (let column = 0; column < width; column++) {
    const list = table.data[column]!;
    const cells = loaded[column]!;
    for (let i = 0; i < size; i++) list[from + i] = cells[i]!;
  }
  touch(table, from);
}

/** `undefined`: not the canonical text of a value. */
export function parseCell(kind: FieldKind, text: string): Cell | undefined {
  if (kind === 'str') return unescapeText(text);
  if (!LUA && kind === 'f64') return parseFloatText(text);
  return parseInteger(text);
}
