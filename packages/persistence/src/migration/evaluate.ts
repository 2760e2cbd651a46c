import { idiv, mod } from '@beamline/ecs';
import type { Cells } from '../world-image.ts';
import type { Expression, Operator, TextExpression } from './expression.ts';

/** Cells an expression may read: of the field's own column, and of others by name. */
export interface Row {
  value: Cells;
  /** Which value of the array `value` is. */
  index: number;
  field(name: string, at: number): Cells;
}

/** Rows computed at once: buffers stay in the processor's cache. */
const BLOCK_ROWS = 1024;

/** Computes `count` rows from `from` on; the buffer is good until the next call. */
type Block = (from: number, count: number) => Float64Array;

/** The expression for every row. It was checked by `checkExpression`. */
export function evaluate(by: Expression, row: Row, rows: number): number[] {
  const block = compile(by, row);
  const cells = new Array<number>(rows);
  for (let from = 0; from < rows; from += BLOCK_ROWS) {
    const count = Math.min(BLOCK_ROWS, rows - from);
    const values = block(from, count);
    for (let n = 0; n < count; n += 1) cells[from + n] = values[n]! + 0; // no negative zero
  }
  return cells;
}

export function evaluateText(by: TextExpression, row: Row, rows: number): Cells {
  if (typeof by === 'string') return Array.from({ length: rows }, () => by);
  if ('get' in by) return row.value;
  return evaluate(by.at, row, rows).map((at) => by.texts[at] ?? by.else);
}

function compile(by: Expression, row: Row): Block {
  const out = new Float64Array(BLOCK_ROWS);
  if (typeof by === 'number') return constant(out, by);
  if ('get' in by) {
    if (by.get === 'index') return constant(out, row.index);
    return read(out, (by.get === 'value' ? row.value : row.field(by.field, by.at ?? 0)) as ArrayLike<number>);
  }
  if ('table' in by) {
    const [at, otherwise] = [compile(by.at, row), compile(by.else, row)];
    return perRow(out, [at, otherwise], (place, rest) => by.table[place!] ?? rest!);
  }
  if ('find' in by) {
    const places = new Map(by.find.map((text, place) => [text, place] as const).reverse()); // of equal texts the first counts
    const texts = by.field === undefined ? row.value : row.field(by.field, 0);
    const otherwise = compile(by.else, row);
    return (from, count) => {
      const rest = otherwise(from, count);
      for (let n = 0; n < count; n += 1) out[n] = places.get(texts[from + n] as string) ?? rest[n]!;
      return out;
    };
  }
  return perRow(out, by.of.map((value) => compile(value, row)), OPERATORS[by.do]);
}

function constant(out: Float64Array, value: number): Block {
  out.fill(value);
  return () => out;
}

function read(out: Float64Array, cells: ArrayLike<number>): Block {
  return (from, count) => {
    for (let n = 0; n < count; n += 1) out[n] = cells[from + n]!;
    return out;
  };
}

type Compute = (a?: number, b?: number, c?: number) => number;

function perRow(out: Float64Array, values: readonly Block[], compute: Compute): Block {
  const [first, second, third] = values as [Block, Block, Block?];
  return (from, count) => {
    const a = first(from, count);
    const b = second(from, count);
    const c = third?.(from, count);
    for (let n = 0; n < count; n += 1) out[n] = compute(a[n], b[n], c?.[n]);
    return out;
  };
}

const LIMIT = Number.MAX_SAFE_INTEGER;

/** Exact: whatever a double rounds up to 2^53 or more was above the limit already. */
const within = (value: number): number => (value > LIMIT ? LIMIT : value < -LIMIT ? -LIMIT : value);

const OPERATORS: Readonly<Record<Operator, Compute>> = {
  add: (a, b) => within(a! + b!),
  sub: (a, b) => within(a! - b!),
  mul: (a, b) => within(a! * b!),
  idiv: (a, b) => (b === 0 ? 0 : idiv(a!, b!)),
  mod: (a, b) => (b === 0 ? 0 : mod(a!, b!)),
  min: (a, b) => (a! < b! ? a! : b!),
  max: (a, b) => (a! > b! ? a! : b!),
  clamp: (a, low, high) => (a! < low! ? low! : a! > high! ? high! : a!),
  eq: (a, b) => (a === b ? 1 : 0),
  lt: (a, b) => (a! < b! ? 1 : 0),
  if: (a, b, c) => (a === 0 ? c! : b!),
};
