import { Fault } from '@beamline/core';
import type { Column, FieldKind } from '@beamline/ecs';
import { CELL_WIDTH } from './cell-width.ts';
import type { ColumnCells } from './column-world.ts';

type Numbers = Exclude<ColumnCells, string[]>;

// Canonical pages are little-endian, and columns are copied as they lie in memory.
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Bytes of the canonical page (`pageBytes` of ecs) that holds these cells. */
export function pageSize(columns: readonly Column[], cells: readonly ColumnCells[], rows: number): number {
  let size = 4;
  for (let c = 0; c < columns.length; c += 1) {
    const { kind } = columns[c]!;
    if (kind !== 'str') size += CELL_WIDTH[kind] * rows;
    else for (const text of cells[c] as string[]) size += 4 + Buffer.byteLength(text);
  }
  return size;
}

/**
 * Writes a canonical page at the start of `target`, which has room for `pageSize` bytes.
 * @param table for errors
 * @param from number of the first row, for errors
 * @throws Fault `persistence/bad-cell` for what no page can hold: `bool` above 1, `f64` that is not finite, `i53` beyond
 * 2^53, text with a lone surrogate.
 */
export function writePage(
  target: Buffer, columns: readonly Column[], cells: readonly ColumnCells[], rows: number, table: string, from: number,
): void {
  if (!LITTLE_ENDIAN) throw new Fault('persistence/big-endian', 'columns can only be stored from a little-endian machine');
  let at = target.writeUInt32LE(rows, 0);
  for (let c = 0; c < columns.length; c += 1) {
    const { kind } = columns[c]!;
    const column = cells[c]!;
    const bad = firstMisfit(kind, column);
    if (bad >= 0) throw badCell(table, columns[c]!, from + bad, column[bad]!);
    if (Array.isArray(column)) at = writeTexts(target, at, column);
    else if (kind === 'i53') at = writeIntegers(target, at, column);
    else {
      target.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
      if (kind === 'f64') dropNegativeZeros(target, at, column);
      at += column.byteLength;
    }
  }
}

/** Row of the first cell that a typed array holds and a page does not; -1 for none. */
function firstMisfit(kind: FieldKind, column: ColumnCells): number {
  const { length } = column;
  if (kind === 'bool') for (let row = 0; row < length; row += 1) if ((column[row] as number) > 1) return row;
  if (kind === 'f64') for (let row = 0; row < length; row += 1) if (!Number.isFinite(column[row])) return row;
  if (kind === 'i53') for (let row = 0; row < length; row += 1) if (!Number.isSafeInteger(column[row])) return row;
  if (kind === 'str') for (let row = 0; row < length; row += 1) if (!(column[row] as string).isWellFormed()) return row;
  return -1;
}

function badCell(table: string, { kind, name }: Column, row: number, value: number | string): Fault {
  return new Fault('persistence/bad-cell', `row ${row} of ${table}.${name} holds ${value}, which is no ${kind}`, {
    hint: 'The world holds a value that its layout does not allow: mend it before it is stored.',
    details: { table, column: name, row },
  });
}

/** Equal values have equal bytes: -0 is written as 0. */
function dropNegativeZeros(target: Buffer, at: number, column: Numbers): void {
  for (let row = 0; row < column.length; row += 1) if (Object.is(column[row], -0)) target.writeDoubleLE(0, at + row * 8);
}

function writeIntegers(target: Buffer, start: number, column: Numbers): number {
  let at = start;
  for (let row = 0; row < column.length; row += 1) {
    const value = column[row]!;
    at = target.writeUInt32LE(value >>> 0, at);
    at = target.writeInt32LE(Math.floor(value / 2 ** 32), at);
  }
  return at;
}

function writeTexts(target: Buffer, start: number, column: readonly string[]): number {
  let at = start + 4 * column.length;
  for (let row = 0; row < column.length; row += 1) {
    const length = target.write(column[row]!, at);
    target.writeUInt32LE(length, start + 4 * row);
    at += length;
  }
  return at;
}
