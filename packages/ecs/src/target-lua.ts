// beamline-disable-file bit-operator, remainder: runs in Lua alone; target.ts is its JavaScript.
/** See target.ts. Compiled to Lua only; `string`, `table` and `math` are Lua's. */
export const LUA: boolean = true;

export type Bytes = string;

declare const string: {
  byte: (this: void, text: string, index: number) => number;
  char: (this: void, byte: number) => string;
  find: (this: void, text: string, pattern: string, from: number, plain?: boolean) => number | undefined;
  format: (this: void, format: string, value: number) => string;
  gsub: (this: void, text: string, pattern: string, replace: (this: void, part: string) => string) => string;
  sub: (this: void, text: string, from: number, to?: number) => string;
};
declare const table: {
  concat: (this: void, list: readonly (number | string)[], separator: string, from: number, to: number) => string;
};
declare const math: { tointeger: (this: void, value: number) => number | undefined };
declare const tonumber: (this: void, text: string, base?: number) => number | undefined;
declare const floorDiv: ((a: number, b: number) => number) & { readonly __tstlExtension: 'FloorDivision' };

export function emptyRecord<T>(): Record<string, T> {
  return {};
}

export function forget<T>(record: Record<string, T>, key: string): void {
  record[key] = undefined as unknown as T;
}

export function sourceOrder(_record: object): readonly string[] {
  throw 'ecs/field-order: component() takes field names in order';
}

export function asInteger(value: number): number | undefined {
  if (typeof value !== 'number') return undefined;
  return math.tointeger(value);
}

export function asFloat(_value: number): number | undefined {
  return undefined;
}

export function parseFloatText(_text: string): number | undefined {
  return undefined;
}

export function parseInteger(text: string): number | undefined {
  // Sixteen digits and a sign: luerl fails on floats that overflow.
  if (text.length > 17) return undefined;
  const float = tonumber(text);
  if (float === undefined) return undefined;
  const value = math.tointeger(float);
  if (value === undefined || value >= 9007199254740992 || value <= -9007199254740992) return undefined;
  return `${value}` === text ? value : undefined;
}

export function joinRange(list: readonly (number | string)[], separator: string, from: number, to: number): string {
  return table.concat(list, separator, from + 1, to);
}

export function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let count = 0;
  let start = 1;
  let end = string.find(text, separator, 1, true);
  while (end !== undefined) {
    parts[count] = string.sub(text, start, end - 1);
    count = count + 1;
    start = end + 1;
    end = string.find(text, separator, start, true);
  }
  parts[count] = string.sub(text, start);
  return parts;
}

export function isText(value: string): boolean {
  if (typeof value !== 'string') return false;
  if (string.find(value, '[^ -~]', 1) === undefined) return true;
  const length = value.length;
  let at = 1;
  while (at <= length) {
    const lead = string.byte(value, at);
    let more = 0;
    let low = 0x80;
    let high = 0xbf;
    if (lead >= 0xf0) {
      if (lead > 0xf4) return false;
      more = 3;
      if (lead === 0xf0) low = 0x90;
      if (lead === 0xf4) high = 0x8f;
    } else if (lead >= 0xe0) {
      more = 2;
      if (lead === 0xe0) low = 0xa0;
      if (lead === 0xed) high = 0x9f;
    } else if (lead >= 0x80) {
      if (lead < 0xc2) return false;
      more = 1;
    }
    if (at + more > length) return false;
    for (let i = 1; i <= more; i++) {
      const byte = string.byte(value, at + i);
      if (byte < low || byte > high) return false;
      low = 0x80;
      high = 0xbf;
    }
    at = at + more + 1;
  }
  return true;
}

export function bytesOf(text: string): Bytes {
  return text;
}

export function byteLength(bytes: Bytes): number {
  return bytes.length;
}

export function byteAt(bytes: Bytes, index: number): number {
  return string.byte(bytes, index + 1);
}

function escapeByte(this: void, char: string): string {
  return string.format('%%%02X', string.byte(char, 1));
}

export function escapeText(text: string): string {
  const escaped = string.gsub(text, '[^A-Za-z0-9_.~ %-]', escapeByte);
  return escaped;
}

function unescapeByte(this: void, part: string): string {
  const byte = tonumber(string.sub(part, 2), 16);
  return byte === undefined ? part : string.char(math.tointeger(byte) as number);
}

export function unescapeText(escaped: string): string | undefined {
  const text = string.gsub(escaped, '%%%x%x', unescapeByte);
  return isText(text) && escapeText(text) === escaped ? text : undefined;
}

export function idiv(a: number, b: number): number {
  // An exact division: luerl's `//` answers 0 instead of -1 for quotients between -1 and 0.
  return floorDiv(a - (a % b), b);
}

export function mod(a: number, b: number): number {
  return a % b;
}

export function u32Add(a: number, b: number): number {
  return (a + b) & 0xffffffff;
}

export function u32Sub(a: number, b: number): number {
  return (a - b) & 0xffffffff;
}

export function u32Mul(a: number, b: number): number {
  return (a * b) & 0xffffffff;
}

export function u32Xor(a: number, b: number): number {
  return a ^ b;
}

export function u32And(a: number, b: number): number {
  return a & b;
}

export function u32Or(a: number, b: number): number {
  return a | b;
}

export function u32Shl(a: number, bits: number): number {
  return (a << bits) & 0xffffffff;
}

export function u32Shr(a: number, bits: number): number {
  return a >>> bits;
}
