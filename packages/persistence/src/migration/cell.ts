import { Fault } from '@beamline/core';
import type { Column, FieldKind } from '@beamline/ecs';
import type { Cells } from '../world-image.ts';
import type { FieldSpec, Value } from './migration.ts';

const RANGE: Partial<Record<FieldKind, readonly [number, number]>> = {
  u8: [0, 255], i8: [-128, 127], u16: [0, 65_535], i16: [-32_768, 32_767], bool: [0, 1],
  u32: [0, 4_294_967_295], i32: [-2_147_483_648, 2_147_483_647], eid: [0, 4_294_967_295],
  i53: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/** The columns a field is stored in: arrays are flattened to `slots#0`, `slots#1`, … */
export function columnsOfField({ name, type, length }: FieldSpec): Column[] {
  if (length === 1) return [{ name, kind: type }];
  return Array.from({ length }, (_, n) => ({ name: `${name}#${n}`, kind: type }));
}

/** True for the column of a field, and for those of an array. */
export function belongsTo(column: Column, field: string): boolean {
  return column.name === field || (column.name.startsWith(`${field}#`) && /^\d+$/.test(column.name.slice(field.length + 1)));
}

/** `rows` times the value. @throws Fault `persistence/bad-migration` when it doesn't fit the field. */
export function filledColumns(component: string, field: FieldSpec, value: Value | undefined, rows: number): Cells[] {
  const where = `${component}.${field.name}`;
  const values = value === undefined ? [] : typeof value === 'object' ? value : Array.from({ length: field.length }, () => value);
  if (value !== undefined && values.length !== field.length) {
    throw badMigration(`${where} holds ${field.length} values, its initial value has ${values.length}`);
  }
  return Array.from({ length: field.length }, (_, n) => {
    const cell = storedCell(where, field.type, values[n] ?? (field.type === 'str' ? '' : 0));
    return Array.from({ length: rows }, () => cell);
  });
}

function storedCell(where: string, kind: FieldKind, value: number | string | boolean): number | string {
  if (kind === 'str') {
    if (typeof value === 'string') return value;
    throw badMigration(`${where} holds strings, its initial value is ${JSON.stringify(value)}`);
  }
  const cell = typeof value === 'boolean' ? Number(value) : value;
  const [least, most] = RANGE[kind] ?? [-Infinity, Infinity];
  const fits = typeof cell === 'number' && (kind === 'f64' ? Number.isFinite(cell) : Number.isInteger(cell))
    && cell >= least && cell <= most;
  if (!fits) throw badMigration(`${where} holds ${kind}, its initial value is ${JSON.stringify(value)}`);
  return cell;
}

export function badMigration(message: string): Fault {
  return new Fault('persistence/bad-migration', message, {
    hint: 'Correct the migration in the game\'s repository, and bundle the release again.',
  });
}
