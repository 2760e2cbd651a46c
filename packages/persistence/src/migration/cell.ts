import { Fault } from '@beamline/core';
import type { Column } from '@beamline/ecs';
import type { Cells } from '../world-image.ts';
import { maxOf, minOf, type FieldKind } from './field-range.ts';
import type { FieldSpec, Value } from './migration.ts';

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
  const fits = typeof cell === 'number' && (kind === 'f64' ? Number.isFinite(cell) : Number.isInteger(cell))
    && cell >= minOf(kind) && cell <= maxOf(kind);
  if (!fits) throw badMigration(`${where} holds ${kind}, its initial value is ${JSON.stringify(value)}`);
  return cell;
}

export function badMigration(message: string): Fault {
  return new Fault('persistence/bad-migration', message, {
    hint: 'Correct the migration in the game\'s repository, and bundle the release again.',
  });
}
