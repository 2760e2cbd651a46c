import { ARITY, type Expression, type TextExpression } from './expression.ts';
import type { FieldSpec } from './migration.ts';

/** Deep enough for any formula a person writes, and far from what a stack holds. */
const MAX_DEPTH = 32;
const MAX_NODES = 1024;
const MAX_TABLE = 65_536;

interface Place {
  fields: readonly FieldSpec[];
  /** The field being mapped, as it is before the step. */
  own: FieldSpec;
  /** Nodes looked at so far. */
  nodes: { count: number };
}

/**
 * Refuses an expression that doesn't fit the row, or is no expression: it may have been read from a file.
 * @throws Error that begins with the place inside the expression: `by.of[1]: …`
 */
export function checkExpression(by: unknown, own: FieldSpec, result: FieldSpec, fields: readonly FieldSpec[], name: string): void {
  const place: Place = { fields, own, nodes: { count: 0 } };
  if (result.type === 'str') checkText(by as TextExpression, place, name);
  else if (result.type === 'f64') throw new Error(`${name}: f64 fields are not mapped`);
  else check(by as Expression, place, name, 0);
}

function checkText(by: TextExpression, place: Place, at: string): void {
  if (typeof by === 'string') return;
  if (typeof by !== 'object' || by === null) throw new Error(`${at}: is no text expression`);
  if ('get' in by) {
    if (by.get !== 'value' || place.own.type !== 'str') throw new Error(`${at}: ${place.own.name} holds ${place.own.type}, not text`);
    return;
  }
  checkTexts(by.texts, `${at}.texts`);
  if (typeof by.else !== 'string') throw new Error(`${at}.else: is no text`);
  check(by.at, place, `${at}.at`, 1);
}

function check(by: Expression, place: Place, at: string, depth: number): void {
  place.nodes.count += 1;
  if (depth > MAX_DEPTH || place.nodes.count > MAX_NODES) throw new Error(`${at}: an expression has at most ${MAX_NODES} parts, ${MAX_DEPTH} deep`);
  if (typeof by === 'number') {
    if (!Number.isSafeInteger(by)) throw new Error(`${at}: ${by} is no integer below 2^53`);
  } else if (typeof by !== 'object' || by === null) {
    throw new Error(`${at}: is no expression`);
  } else if ('get' in by) {
    checkCell(by, place, at);
  } else if ('do' in by) {
    const arity = Object.hasOwn(ARITY, by.do) ? ARITY[by.do] : undefined;
    if (arity === undefined) throw new Error(`${at}: there is no operator ${String(by.do)}`);
    if (!Array.isArray(by.of) || by.of.length !== arity) throw new Error(`${at}: ${by.do} takes ${arity} values`);
    by.of.forEach((value: Expression, n) => check(value, place, `${at}.of[${n}]`, depth + 1));
  } else if ('table' in by) {
    if (!isList(by.table) || !by.table.every((value) => Number.isSafeInteger(value))) throw new Error(`${at}.table: is no list of at most ${MAX_TABLE} integers`);
    check(by.at, place, `${at}.at`, depth + 1);
    check(by.else, place, `${at}.else`, depth + 1);
  } else if ('find' in by) {
    checkTexts(by.find, `${at}.find`);
    const field = by.field === undefined ? place.own : fieldNamed(by.field, place, at);
    if (field.type !== 'str') throw new Error(`${at}: ${field.name} holds ${field.type}, not text`);
    check(by.else, place, `${at}.else`, depth + 1);
  } else {
    throw new Error(`${at}: is no expression`);
  }
}

function checkCell(by: Extract<Expression, { get: unknown }>, place: Place, at: string): void {
  if (by.get === 'index') return;
  if (by.get !== 'value' && by.get !== 'field') throw new Error(`${at}: there is nothing called ${String((by as { get: unknown }).get)}`);
  const field = by.get === 'value' ? place.own : fieldNamed(by.field, place, at);
  if (field.type === 'str' || field.type === 'f64') throw new Error(`${at}: ${field.name} holds ${field.type}, not integers`);
  const index = by.get === 'field' ? by.at ?? 0 : 0;
  if (!(Number.isInteger(index) && index >= 0 && index < field.length)) throw new Error(`${at}: ${field.name} has ${field.length} values, there is no ${index}`);
}

function fieldNamed(name: string, { fields }: Place, at: string): FieldSpec {
  const field = fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Error(`${at}: there is no field ${name}; there are ${fields.map((one) => one.name).join(', ')}`);
  return field;
}

function checkTexts(texts: unknown, at: string): void {
  if (!isList(texts) || !texts.every((text) => typeof text === 'string')) throw new Error(`${at}: is no list of at most ${MAX_TABLE} texts`);
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length <= MAX_TABLE;
