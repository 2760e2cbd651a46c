import { Fault, type AoMap, type AoValue } from '@beamline/core';
import { encodeBuffer, putByte, putCount, putFloat, putInteger, putTag, putText } from './encode-buffer.ts';
import { textOfBytes } from './exact-text.ts';
import { putShaped } from './shape.ts';

/*
 * Values on their way between JavaScript and Lua; all numbers little-endian.
 *
 *   s u32 bytes            string
 *   i i64                  integer
 *   d f64                  float (into Lua only; out of Lua floats are strings, see README)
 *   t | f | n              true, false, nothing
 *   l u32 value…           list
 *   L u8 string…           list of 1 to 100 strings (into Lua only: one call of unpack reads it)
 *   S                      a map by its shape, see `shape.ts` (into Lua only)
 *   m u32 (key string)… u32 (key value)…    map; keys and strings are u32 + bytes, entries with strings come first
 */

function putMap(map: AoMap): void {
  putTag('m');
  const start = encodeBuffer.length();
  let strings = 0;
  const others: [string, AoValue][] = [];
  putCount(0);
  for (const key in map) {
    const value = map[key];
    if (typeof value === 'string') {
      putText(key);
      putText(value);
      strings++;
    } else if (value !== undefined) {
      others.push([key, value]);
    }
  }
  encodeBuffer.writeCount(start, strings);
  putCount(others.length);
  for (const [key, value] of others) {
    putText(key);
    putValue(value);
  }
}

function putValue(value: AoValue | undefined): void {
  if (typeof value === 'string') {
    putTag('s');
    putText(value);
  } else if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) {
      putTag('i');
      putInteger(value);
    } else {
      putTag('d');
      putFloat(value);
    }
  } else if (typeof value === 'boolean') {
    putTag(value ? 't' : 'f');
  } else if (Array.isArray(value)) {
    if (value.length > 0 && value.length <= 100 && value.every((item) => typeof item === 'string')) {
      putTag('L');
      putByte(value.length);
      for (const item of value) putText(item);
      return;
    }
    putTag('l');
    putCount(value.length);
    for (const item of value) putValue(item);
  } else if (value === undefined) {
    putTag('n');
  } else if (typeof value === 'object' && value !== null) {
    putMap(value);
  } else {
    throw new Fault('vm/bad-value', `a ${value === null ? 'null' : typeof value} cannot go into Lua`, {
      hint: 'Give strings, numbers, booleans, arrays and plain objects of them.',
    });
  }
}

/** Encodes a value. @throws Fault `vm/bad-value` */
export function encodeValue(value: AoValue): Uint8Array<ArrayBuffer> {
  return encodeAll([value], '')[0]!;
}

/**
 * Encodes values, each behind one byte that says what to do with it. All share one block of memory: it crosses to
 * another thread in one piece, where thousands of small ones cost ten times as much.
 */
export function encodeAll(values: readonly AoValue[], prefix: string): Uint8Array<ArrayBuffer>[] {
  encodeBuffer.clear();
  const ends = values.map((value) => {
    if (prefix !== '') putTag(prefix);
    if (prefix === '' || prefix === 'x' || !putShaped(value as AoMap)) putValue(value);
    return encodeBuffer.length();
  });
  const block = encodeBuffer.copy();
  return ends.map((stop, i) => block.subarray(ends[i - 1] ?? 0, stop));
}

/** Reads values one after the other. */
export function createReader(bytes: Uint8Array, start = 0) {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;

  const count = () => {
    at += 4;
    return source.readUInt32LE(at - 4);
  };
  const text = () => {
    const length = count();
    at += length;
    return textOfBytes(source.subarray(at - length, at));
  };
  /** Counted keys, each with its value behind a tag. */
  const entries = (): AoMap => {
    const result: AoMap = {};
    for (let left = count(); left > 0; left--) set(result, text(), value() ?? '');
    return result;
  };
  const map = (): AoMap => {
    const result: AoMap = {};
    for (let left = count(); left > 0; left--) set(result, text(), text());
    for (let left = count(); left > 0; left--) set(result, text(), value() ?? '');
    return result;
  };
  const value = (): AoValue | undefined => {
    switch (source[at++]) {
      case 0x73: return text();
      case 0x69: return integer();
      case 0x74: return true;
      case 0x66: return false;
      case 0x6c: return Array.from({ length: count() }, () => value() ?? '');
      case 0x6d: return map();
      default: return undefined;
    }
  };
  /** Integers that a JavaScript number can't hold exactly come as decimal text. */
  const integer = (): number | string => {
    at += 8;
    const low = source.readUInt32LE(at - 8);
    const high = source.readInt32LE(at - 4);
    const number = high * 4_294_967_296 + low;
    return Number.isSafeInteger(number) ? number : source.readBigInt64LE(at - 8).toString();
  };
  return { count, text, entries, value };
}

/** Also right for the key `__proto__`. */
function set(target: AoMap, key: string, value: AoValue): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}
