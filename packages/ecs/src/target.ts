/** True in Lua bundles. The condition `lua` of the subpath import `#target` swaps this module; rollup folds the constant. */
export const LUA: boolean = false;

/** Text as UTF-8 bytes, read with `byteAt`. In Lua a string already is its bytes. */
export type Bytes = Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A plain table keyed by strings: no prototype, so that any key is safe. */
export function emptyRecord<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

export function forget<T>(record: Record<string, T>, key: string): void {
  delete record[key];
}

/** Keys in source order. Lua has lost that order: there the bundler passes it to `component`. */
export function sourceOrder(record: object): readonly string[] {
  return Object.keys(record);
}

/** The value as an integer, without a negative zero; `undefined` when it has a fraction or is no number. */
export function asInteger(value: number): number | undefined {
  return Number.isInteger(value) ? value + 0 : undefined;
}

/** The value as a finite float without a negative zero; `undefined` for everything else, and always in Lua. */
export function asFloat(value: number): number | undefined {
  return Number.isFinite(value) ? value + 0 : undefined;
}

/** Reads a float as JavaScript prints it. */
export function parseFloatText(text: string): number | undefined {
  return String(asFloat(Number(text))) === text ? Number(text) : undefined;
}

/** Reads canonical decimal text: no leading zeros, no plus sign, |n| < 2^53. */
export function parseInteger(text: string): number | undefined {
  const value = Number(text);
  return Number.isSafeInteger(value) && String(value) === text ? value : undefined;
}

/** Rows `from` up to `to` (exclusive) as text. */
export function joinRange(list: readonly (number | string)[], separator: string, from: number, to: number): string {
  return list.slice(from, to).join(separator);
}

/** `separator` is one ASCII character. */
export function split(text: string, separator: string): string[] {
  return text.split(separator);
}

/** Well-formed Unicode: no lone surrogates here, valid UTF-8 in Lua. */
export function isText(value: string): boolean {
  return value.isWellFormed();
}

export function bytesOf(text: string): Bytes {
  return encoder.encode(text);
}

export function byteLength(bytes: Bytes): number {
  return bytes.length;
}

export function byteAt(bytes: Bytes, index: number): number {
  return bytes[index] as number;
}

/** Percent-escapes every byte outside `[A-Za-z0-9_.~ -]`. */
export function escapeText(text: string): string {
  if (/^[A-Za-z0-9_.~ -]*$/.test(text)) return text;
  let escaped = '';
  for (const byte of encoder.encode(text)) {
    const char = String.fromCharCode(byte);
    escaped += /[A-Za-z0-9_.~ -]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}

/** The inverse of `escapeText`; `undefined` for text it would not have produced. */
export function unescapeText(escaped: string): string | undefined {
  if (/^[A-Za-z0-9_.~ -]*$/.test(escaped)) return escaped;
  const raw = new Uint8Array(escaped.length);
  let length = 0;
  for (let i = 0; i < escaped.length; i++) {
    if (escaped[i] === '%') {
      raw[length++] = parseInt(escaped.slice(i + 1, i + 3), 16);
      i += 2;
    } else raw[length++] = escaped.charCodeAt(i);
  }
  let text: string;
  try {
    text = decoder.decode(raw.subarray(0, length));
  } catch {
    return undefined;
  }
  return escapeText(text) === escaped ? text : undefined;
}

/** Quotient rounded towards minus infinity, an integer on every target. */
export function idiv(a: number, b: number): number {
  return Math.floor(a / b);
}

/** Remainder with the sign of the divisor. */
export function mod(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest + 0;
}

export function u32Add(a: number, b: number): number {
  return (a + b) >>> 0;
}

export function u32Sub(a: number, b: number): number {
  return (a - b) >>> 0;
}

export function u32Mul(a: number, b: number): number {
  return Math.imul(a, b) >>> 0;
}

export function u32Xor(a: number, b: number): number {
  return (a ^ b) >>> 0;
}

export function u32And(a: number, b: number): number {
  return (a & b) >>> 0;
}

export function u32Or(a: number, b: number): number {
  return (a | b) >>> 0;
}

/** `bits` from 0 to 31. */
export function u32Shl(a: number, bits: number): number {
  return (a << bits) >>> 0;
}

/** `bits` from 0 to 31; fills with zeros. */
export function u32Shr(a: number, bits: number): number {
  return a >>> bits;
}
