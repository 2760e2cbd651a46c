import { PAGE_ROWS, type Cell, type Table } from './table.ts';
import type { Column } from './component.ts';
import type { World } from './world.ts';
import { byteAt, byteLength, bytesOf, LUA } from '#target';

/*
 * Two polynomial sums, h = (h·m + x) mod p, over a page's cells column by column, starting from its number of rows:
 *   p₁ = 2147483647, m₁ = 1000003        p₂ = 2147483629, m₂ = 999983
 * h·m + x stays below 2^53. Text counts as its length in bytes, then its bytes. The primes stand as literals in the
 * loops because the bundler guards every division whose divisor is not one.
 */

/** A digest under way. @short */
export interface Digest {
  a: number;
  b: number;
}

export function fold(digest: Digest, value: number): void {
  let x = value;
  let y = value;
  if (x < 0 || x >= 2147483629) {
    x = ((x % 2147483647) + 2147483647) % 2147483647;
    y = ((y % 2147483629) + 2147483629) % 2147483629;
  }
  // beamline-disable-next-line remainder: a and x are remainders themselves, never negative.
  digest.a = (digest.a * 1000003 + x) % 2147483647;
  // beamline-disable-next-line remainder: b and y are remainders themselves, never negative.
  digest.b = (digest.b * 999983 + y) % 2147483629;
}

export function foldText(digest: Digest, text: string): void {
  const bytes = bytesOf(text);
  const length = byteLength(bytes);
  fold(digest, length);
  for (let i = 0; i < length; i++) fold(digest, byteAt(bytes, i));
}

/** `h1-h2`, both decimal. */
export function digestText(digest: Digest): string {
  return `${digest.a}-${digest.b}`;
}

/** Digest of a text alone; its length counts. */
export function textDigest(text: string): string {
  const digest: Digest = { a: 0, b: 0 };
  foldText(digest, text);
  return digestText(digest);
}

/** Folds rows `from` up to `to` (exclusive) of columns. */
export function foldCells(
  digest: Digest, columns: readonly Column[], data: readonly (readonly Cell[])[], from: number, to: number,
): void {
  const width = columns.length;
  for (let column = 0; column < width; column++) {
    const { kind } = columns[column]!;
    const list = data[column]!;
    if (kind === 'str' || (!LUA && kind === 'f64')) for (let row = from; row < to; row++) foldText(digest, `${list[row]!}`);
    else for (let row = from; row < to; row++) fold(digest, list[row] as number);
  }
}

/** Pages that a table of this many rows has. */
export function pagesOf(rowCount: number): number {
  // beamline-disable-next-line bit-operator: a count of rows is below 2^20.
  return (rowCount + PAGE_ROWS - 1) >>> 10;
}

export function pageCount(table: Table): number {
  return pagesOf(table.count);
}

/** Rows of one page: 1,024, fewer in the last. */
export function pageRows(table: Table, page: number): number {
  const left = table.count - page * PAGE_ROWS;
  return left < PAGE_ROWS ? left : PAGE_ROWS;
}

/** Computes a page's digest unless it is known. */
function refresh(table: Table, page: number): void {
  if (table.hashA[page]! >= 0) return;
  const from = page * PAGE_ROWS;
  const size = pageRows(table, page);
  const digest: Digest = { a: size, b: size };
  foldCells(digest, table.columns, table.data, from, from + size);
  table.hashA[page] = digest.a;
  table.hashB[page] = digest.b;
}

export function pageDigest(table: Table, page: number): string {
  if (!(page >= 0 && page < pageCount(table))) throw `ecs/no-page: ${table.name}/${page}`;
  refresh(table, page);
  return `${table.hashA[page]!}-${table.hashB[page]!}`;
}

/** Folds a table's name, row count and page digests. Only changed pages are read again. */
export function foldTable(digest: Digest, table: Table): void {
  foldText(digest, table.name);
  fold(digest, table.count);
  const pages = pageCount(table);
  for (let page = 0; page < pages; page++) {
    refresh(table, page);
    fold(digest, table.hashA[page]!);
    fold(digest, table.hashB[page]!);
  }
}

export function tableDigest(table: Table): string {
  const digest: Digest = { a: 0, b: 0 };
  foldTable(digest, table);
  return digestText(digest);
}

/** Digest of everything: system tables, components, attached tables, in that order. */
export function worldDigest(world: World): string {
  const digest: Digest = { a: world.tables.length, b: world.tables.length };
  for (const table of world.tables) foldTable(digest, table);
  return digestText(digest);
}
