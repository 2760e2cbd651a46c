import type { Cells, TableImage } from '../world-image.ts';
import { belongsTo } from './cell.ts';
import { evaluate, evaluateText } from './evaluate.ts';
import type { Expression, TextExpression } from './expression.ts';
import { fittingCells, place, type Retyping } from './retype.ts';

/**
 * The columns of a field as an expression computes them from the rows of `table`. An element that an array did not have
 * before counts as 0, or ''.
 */
export function mappedColumns(own: readonly Cells[], table: TableImage, by: Expression | TextExpression, retyping: Retyping): Cells[] {
  const { from, to } = retyping;
  const { rows } = table;
  const field = (name: string, at: number): Cells => {
    const first = table.columns.findIndex((column) => belongsTo(column, name));
    return table.data[first + at]!;
  };
  return Array.from({ length: to.length }, (_, n) => {
    const value = own[n] ?? new Array<number | string>(rows).fill(from.type === 'str' ? '' : 0);
    const row = { value, index: n, field };
    if (to.type === 'str') return evaluateText(by as TextExpression, row, rows);
    return fittingCells(evaluate(by as Expression, row, rows), (cell) => cell, { ...retyping, field: place(to, n) });
  });
}
