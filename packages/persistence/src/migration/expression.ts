import type { Component, Fields } from '@beamline/ecs';

/**
 * Integer arithmetic over one row, as data: it travels in a release, has one hash, and means the same wherever it is
 * computed. Every expression has a value, whatever the row holds: sums and products stop at ±(2^53 − 1), dividing by
 * zero gives 0, a look-up outside its table gives `else`. Cells are read as they are stored (`fixed(n)` times 2^n).
 */
export type Expression =
  | number
  /** The cell being mapped (of an array: each in turn), and its place in the array, from 0. */
  | { get: 'value' }
  | { get: 'index' }
  /** Another field of the row, as it was before the step; `at`: which value of an array. @default 0 */
  | { get: 'field'; field: string; at?: number }
  | { do: Operator; of: readonly Expression[] }
  /** The `at`-th number of a list. */
  | { table: readonly number[]; at: Expression; else: Expression }
  /** Place of a text in a list; without `field`, of the cell being mapped. */
  | { find: readonly string[]; field?: string; else: Expression };

/** What a field of text is mapped by: a text of its own, the one it had, or one of a list. */
export type TextExpression = string | { get: 'value' } | { texts: readonly string[]; at: Expression; else: string };

/** `idiv` and `mod` round towards minus infinity. `eq` and `lt` give 1 or 0; `if` takes the second value unless the first is 0. */
export type Operator = 'add' | 'sub' | 'mul' | 'idiv' | 'mod' | 'min' | 'max' | 'clamp' | 'eq' | 'lt' | 'if';

/** How many values each operator takes. */
export const ARITY: Readonly<Record<Operator, number>> = {
  add: 2, sub: 2, mul: 2, idiv: 2, mod: 2, min: 2, max: 2, clamp: 3, eq: 2, lt: 2, if: 3,
};

const of = (operator: Operator) => (...values: readonly Expression[]): Expression => ({ do: operator, of: values });

/** Builds expressions: `calc.min(calc.idiv(calc.value, 10), 99)`. */
export const calc = {
  value: { get: 'value' } as const,
  index: { get: 'index' } as const,
  field: (field: string, at?: number): Expression => ({ get: 'field', field, ...(at === undefined ? {} : { at }) }),
  /** The same, where a field that the component doesn't have fails to compile. */
  fieldOf: <F extends Fields>(_: Component<F>, field: keyof F & string, at?: number): Expression => calc.field(field, at),
  add: of('add') as (a: Expression, b: Expression) => Expression,
  sub: of('sub') as (a: Expression, b: Expression) => Expression,
  mul: of('mul') as (a: Expression, b: Expression) => Expression,
  idiv: of('idiv') as (a: Expression, b: Expression) => Expression,
  mod: of('mod') as (a: Expression, b: Expression) => Expression,
  min: of('min') as (a: Expression, b: Expression) => Expression,
  max: of('max') as (a: Expression, b: Expression) => Expression,
  clamp: of('clamp') as (value: Expression, low: Expression, high: Expression) => Expression,
  eq: of('eq') as (a: Expression, b: Expression) => Expression,
  lt: of('lt') as (a: Expression, b: Expression) => Expression,
  if: of('if') as (condition: Expression, then: Expression, otherwise: Expression) => Expression,
  table: (table: readonly number[], at: Expression, otherwise: Expression): Expression => ({ table, at, else: otherwise }),
  find: (find: readonly string[], otherwise: Expression, field?: string): Expression =>
    ({ find, else: otherwise, ...(field === undefined ? {} : { field }) }),
  text: (texts: readonly string[], at: Expression, otherwise: string): TextExpression => ({ texts, at, else: otherwise }),
};
