import { isAscii } from 'node:buffer';
import type { Column } from '@beamline/ecs';
import { CELL_WIDTH } from './cell-width.ts';
import type { ColumnCells } from './column-world.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a canonical page into rows `from` up to `from + rows` of typed columns.
 * @throws RangeError for anything that `writePage` would not have written; the caller knows the page's name.
 */
export function readPage(bytes: Uint8Array, columns: readonly Column[], data: readonly ColumnCells[], from: number, rows: number): void {
  const page = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const take = (size: number): number => {
    if (at + size > page.length) throw new RangeError(`${page.length} bytes end within the page`);
    at += size;
    return at - size;
  };
  const held = page.readUInt32LE(take(4));
  if (held !== rows) throw new RangeError(`has ${held} rows instead of ${rows}`);
  for (const [c, { kind, name }] of columns.entries()) {
    const column = data[c]!;
    if (Array.isArray(column)) {
      readTexts(page, column, from, rows, take);
      continue;
    }
    const width = CELL_WIDTH[kind as Exclude<typeof kind, 'str'>];
    const start = take(rows * width);
    if (kind === 'i53') readIntegers(page, start, column, from, rows, name);
    else {
      new Uint8Array(column.buffer, column.byteOffset, column.byteLength).set(page.subarray(start, start + rows * width), from * width);
      if (kind === 'bool') check(column, from, rows, (value) => value <= 1, name);
      if (kind === 'f64') check(column, from, rows, (value) => Number.isFinite(value) && !Object.is(value, -0), name);
    }
  }
  if (at !== page.length) throw new RangeError(`${page.length - at} bytes follow the page`);
}

function check(column: Exclude<ColumnCells, string[]>, from: number, rows: number, fits: (value: number) => boolean, name: string): void {
  for (let row = from; row < from + rows; row += 1) if (!fits(column[row]!)) throw new RangeError(`${name} holds ${column[row]!}`);
}

function readIntegers(page: Buffer, start: number, column: Exclude<ColumnCells, string[]>, from: number, rows: number, name: string): void {
  for (let row = 0; row < rows; row += 1) {
    const value = page.readUInt32LE(start + row * 8) + page.readInt32LE(start + row * 8 + 4) * 2 ** 32;
    if (!Number.isSafeInteger(value)) throw new RangeError(`${name} holds ${value}`);
    column[from + row] = value;
  }
}

function readTexts(page: Buffer, column: string[], from: number, rows: number, take: (size: number) => number): void {
  const lengths = take(rows * 4);
  let total = 0;
  for (let row = 0; row < rows; row += 1) total += page.readUInt32LE(lengths + row * 4);
  const start = take(total);
  const bytes = page.subarray(start, start + total);
  // One decoding for a page of plain text; byte offsets are character offsets there.
  const plain = isAscii(bytes) ? bytes.toString('latin1') : undefined;
  let at = 0;
  for (let row = 0; row < rows; row += 1) {
    const end = at + page.readUInt32LE(lengths + row * 4);
    column[from + row] = plain === undefined ? decoder.decode(bytes.subarray(at, end)) : plain.slice(at, end);
    at = end;
  }
}
