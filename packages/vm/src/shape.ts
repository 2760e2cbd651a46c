import { hash } from 'node:crypto';
import type { AoMap, AoValue } from '@beamline/core';
import { encodeBuffer, putBytes, putCount, putFloat, putInteger, putTag, putText } from './encode-buffer.ts';

/*
 * Messages of one game have a handful of shapes: the same keys, nested in the same way. A value whose shape was met
 * before is encoded as
 *
 *   S  name 16  u32 bytes of the values  value…  u32 bytes of the outline  outline
 *
 * The values are strings (u32 + bytes), i64 and f64 in the order of the outline, a Lua table constructor with `?`, `!`
 * and `~` in their places; ids that are keys are values too. Lua compiles the outline once and finds it again by name,
 * so it makes no strings of keys, and no table that has to grow. An entry needs no other: whatever an image of the
 * state holds, it can be applied.
 */

/** Walking a value moves through a tree of steps; where it ends, there is its shape. */
interface Step {
  next: Map<string | number, Step>;
  seen: number;
  /** Set once met twice; null when Lua could not build it at once. */
  shape?: Shape | null;
}

interface Shape {
  name: Buffer;
  outline: Buffer;
}

const [TEXT, INTEGER, FLOAT, YES, NO, MAP, LIST, END, ID] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
/** Keys that may stand in Lua source as they are. */
const PLAIN_KEY = /^[\w@+.~-]{1,100}$/;
const ID_LENGTH = 43;
const MAX_STEPS = 50_000;
/** A Lua function has 200 local variables and 250 registers. */
const MAX_VALUES = 150;
const MAX_REGISTERS = 220;

const newStep = (): Step => ({ next: new Map(), seen: 0 });
let root = newStep();
let steps = 0;

/** Encodes a map by its shape; says false, and writes nothing, when that has no shape or was not met before. */
export function putShaped(map: AoMap): boolean {
  if (steps > MAX_STEPS) {
    root = newStep();
    steps = 0;
  }
  const start = encodeBuffer.length();
  putTag('S');
  putBytes(NO_NAME);
  putCount(0);
  const last = walk(root, map);
  if (last !== undefined && last.seen++ > 0) last.shape ??= shapeOf(map);
  if (!last?.shape) {
    encodeBuffer.cut(start);
    return false;
  }
  encodeBuffer.write(start + 1, last.shape.name);
  const valuesAt = start + 1 + NO_NAME.length + 4;
  encodeBuffer.writeCount(valuesAt - 4, encodeBuffer.length() - valuesAt);
  putCount(last.shape.outline.length);
  putBytes(last.shape.outline);
  return true;
}
const NO_NAME = Buffer.alloc(16);

function step(from: Step, token: string | number): Step {
  let to = from.next.get(token);
  if (to === undefined) {
    to = newStep();
    steps += 1;
    from.next.set(token, to);
  }
  return to;
}

function walk(from: Step, value: AoValue | undefined): Step | undefined {
  if (typeof value === 'string') {
    putText(value);
    return step(from, TEXT);
  }
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) {
      putFloat(value);
      return step(from, FLOAT);
    }
    putInteger(value);
    return step(from, INTEGER);
  }
  if (typeof value === 'boolean') return step(from, value ? YES : NO);
  if (typeof value !== 'object' || value === null) return undefined;
  return Array.isArray(value) ? walkList(from, value) : walkMap(from, value);
}

function walkList(from: Step, list: readonly AoValue[]): Step | undefined {
  let at: Step | undefined = step(from, LIST);
  for (const item of list) {
    at = walk(at, item);
    if (at === undefined) return undefined;
  }
  return step(at, END);
}

function walkMap(from: Step, map: AoMap): Step | undefined {
  let at: Step | undefined = step(from, MAP);
  for (const key in map) {
    const value = map[key];
    if (value === undefined) continue;
    if (key.length === ID_LENGTH) {
      putText(key);
      at = step(at, ID);
    } else {
      const known: Step | undefined = at.next.get(key);
      if (known === undefined && !PLAIN_KEY.test(key)) return undefined;
      at = known ?? step(at, key);
    }
    at = walk(at, value);
    if (at === undefined) return undefined;
  }
  return step(at, END);
}

function shapeOf(map: AoMap): Shape | null {
  const outlined = { values: 0, registers: 0 };
  const outline = Buffer.from(outlineOf(map, outlined, 0));
  if (outlined.values > MAX_VALUES || outlined.values + outlined.registers > MAX_REGISTERS) return null;
  return { name: hash('sha256', outline, 'buffer').subarray(0, NO_NAME.length), outline };
}

/** @param open registers that the constructors around this one hold. */
function outlineOf(value: AoValue, outlined: { values: number; registers: number }, open: number): string {
  outlined.registers = Math.max(outlined.registers, open + 4);
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'object') {
    outlined.values += 1;
    return typeof value === 'string' ? '?' : Number.isSafeInteger(value) ? '!' : '~';
  }
  if (Array.isArray(value)) return `{${value.map((item, i) => outlineOf(item, outlined, open + Math.min(i, 50) + 1)).join(',')}}`;
  const fields = Object.entries(value).filter(([, inner]) => inner !== undefined).map(([key, inner]) => {
    if (key.length === ID_LENGTH) outlined.values += 1;
    return `[${key.length === ID_LENGTH ? '?' : JSON.stringify(key)}]=${outlineOf(inner, outlined, open + 2)}`;
  });
  return `{${fields.join(',')}}`;
}
