import { maxOf, minOf, type FieldKind } from './field-range.ts';
import type { Cells } from '../world-image.ts';
import type { DataWatch } from './misfit.ts';
import type { FieldSpec, OnMisfit } from './migration.ts';

/** `fixed(8)`, `array(u8, 3)`, `str`: as a person writes the type. */
export function typeOf({ type, length, scale }: Pick<FieldSpec, 'type' | 'length' | 'scale'>): string {
  const one = scale > 0 ? `fixed(${scale})` : type;
  return length > 1 ? `array(${one}, ${length})` : one;
}

const isInteger = (kind: FieldKind): boolean => kind !== 'str' && kind !== 'f64' && kind !== 'eid';

/** Whether cells of one type can be read as the other at all; whether each fits is a question to the data. */
export function isRetypable(from: FieldSpec, to: FieldSpec): boolean {
  return from.type === to.type || (isInteger(from.type) && isInteger(to.type));
}

/** True when every value of one type is one of the other: the way there needs no look at the data. */
export function isWider(from: FieldSpec, to: FieldSpec): boolean {
  if (!isRetypable(from, to) || to.length < from.length || to.scale < from.scale) return false;
  if (!isInteger(from.type)) return true;
  const factor = 2 ** (to.scale - from.scale);
  return minOf(from.type) * factor >= minOf(to.type) && maxOf(from.type) * factor <= maxOf(to.type);
}

export interface Retyping {
  component: string;
  from: FieldSpec;
  to: FieldSpec;
  entities: Cells;
  onMisfit: OnMisfit;
  watch: DataWatch;
}

/** The columns of a field in another type. Columns whose cells stay what they are, are shared. */
export function retypedColumns(columns: readonly Cells[], retyping: Retyping): Cells[] {
  const { component, from, to, entities, onMisfit, watch } = retyping;
  const rows = entities.length;
  const made = Array.from({ length: to.length }, (_, n) => {
    const cells = columns[n];
    if (cells === undefined) return new Array<number | string>(rows).fill(to.type === 'str' ? '' : 0);
    return isInteger(to.type) ? retypedCells(cells, n, retyping) : cells;
  });
  for (const [n, cells] of columns.slice(to.length).entries()) {
    const tell = onMisfit === 'refuse' ? watch.misfit : watch.loss;
    if (tell === undefined) continue;
    for (let row = 0; row < rows; row += 1) {
      const value = cells[row]!;
      if (value !== 0 && value !== '') tell({ component, field: place(from, to.length + n), entity: entities[row] as number, value, why: `${typeOf(to)} has no room for it` });
    }
  }
  return made;
}

function retypedCells(cells: Cells, n: number, { component, from, to, entities, onMisfit, watch }: Retyping): Cells {
  if (from.scale === to.scale && isWider({ ...from, length: 1 }, { ...to, length: 1 })) return cells;
  const factor = 2 ** (to.scale - from.scale);
  return fittingCells(cells, (value) => value * factor, { component, field: place(to, n), to, entities, onMisfit, watch });
}

export interface Fitting extends Omit<Retyping, 'from'> {
  field: string;
}

/** Each cell converted and, where it doesn't fit, told of and put to the nearest value that does. */
export function fittingCells(cells: Cells, convert: (value: number) => number, { component, field, to, entities, onMisfit, watch }: Fitting): number[] {
  const [low, high] = [minOf(to.type), maxOf(to.type)];
  const made = new Array<number>(cells.length);
  for (let row = 0; row < cells.length; row += 1) {
    const value = convert(cells[row] as number);
    const whole = Math.floor(value);
    const fitting = whole < low ? low : whole > high ? high : whole;
    if (fitting !== value && onMisfit === 'refuse') {
      const why = value === whole ? `${typeOf({ ...to, length: 1 })} holds ${low} to ${high}` : `${typeOf({ ...to, length: 1 })} cannot hold its fraction`;
      watch.misfit({ component, field, entity: entities[row] as number, value: cells[row]!, why });
    }
    made[row] = fitting;
  }
  return made;
}

/** The column's name. */
export const place = ({ name, length }: FieldSpec, n: number): string => (length === 1 ? name : `${name}#${n}`);
