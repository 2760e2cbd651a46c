// beamline-disable-file bit-operator, remainder, host-api: runs in Lua alone; target.ts is its JavaScript.
/** See target.ts. Names here are globals of Lua 5.3 and luerl. */
interface LuaString {
  gsub(this: void, text: string, pattern: string, by: (this: void, found: string) => string): string;
  find(this: void, text: string, pattern: string, from?: number, plain?: boolean): number | undefined;
  match(this: void, text: string, pattern: string): string | undefined;
  format(this: void, pattern: string, value: number): string;
  byte(this: void, text: string, at?: number): number;
  char(this: void, byte: number): string;
  sub(this: void, text: string, from: number, to?: number): string;
}
declare const string: LuaString;
declare const table: { sort(this: void, list: string[]): void };
declare const math: { tointeger(this: void, value: number): number };
declare function tonumber(this: void, text: string, radix?: number): number;
/** TypeScriptToLua's mark of functions with several results. */
type Several<T extends readonly unknown[]> = T & { readonly __tstlMultiReturn: never };
declare function pcall(this: void, run: () => void): Several<[boolean, unknown]>;
declare function collectgarbage(this: void): void;
declare let compute: unknown;
declare let beamlineOffer: unknown;
declare function load(this: void, code: string, name: string): unknown;
declare function assert(this: void, chunk: unknown): (this: void) => void;
declare const __budget: { n: number; depth: number } | undefined;

export const LUA: boolean = true;

export function attempt(run: () => void): string | undefined {
  const [went, error] = pcall(run);
  return went ? undefined : `${error}`;
}

export function byteAt(text: string, at: number): number {
  return string.byte(text, at + 1);
}

export function lookup<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return record[key];
}

function percent(found: string): string {
  return string.format('%%%02X', string.byte(found));
}

function byteOf(found: string): string {
  return string.char(math.tointeger(tonumber(string.sub(found, 2), 16)));
}

export function escapeText(text: string): string {
  const escaped = string.gsub(text, '[^ -$\'-:<>-{}~]', percent);
  return escaped;
}

export function unescapeText(text: string): string {
  const plain = string.gsub(text, '%%%x%x', byteOf);
  return plain;
}

export function codeOf(error: string): string {
  const code = string.match(error, '^([%l%d-]+/[%l%d-]+): ');
  return code ?? '';
}

export function parseInteger(text: string): number | undefined {
  // Digits only before tonumber: luerl fails on an exponent that overflows, and gives floats.
  if (text.length > 17 || string.find(text, '^-?%d+$') === undefined) return undefined;
  const value = math.tointeger(tonumber(text));
  return value >= 9007199254740992 || value <= -9007199254740992 ? undefined : value;
}

export function idsIn(text: string): string[] {
  const ids: string[] = [];
  let count = 0;
  string.gsub(text, '[%w_-]+', (id) => {
    ids[count] = id;
    count = count + 1;
    return '';
  });
  return ids;
}

export function isTagName(text: string): boolean {
  return string.find(text, '^[%l%d_-]+$') !== undefined;
}

export function find(text: string, piece: string): number {
  return (string.find(text, piece, 1, true) ?? 0) - 1;
}

export function part(text: string, from: number, to?: number): string {
  // luerl takes no nil for a missing end.
  return string.sub(text, from + 1, to ?? -1);
}

export function sortTexts(texts: string[]): void {
  table.sort(texts);
}

export function isPrintable(text: string): boolean {
  return string.find(text, '[^ -~]') === undefined;
}

function unit(code: number): string {
  return string.format('\\u%04x', code);
}

// One UTF-8 sequence, or a stray byte, as the UTF-16 units JSON wants.
function jsonEscape(found: string): string {
  const lead = string.byte(found);
  const size = found.length;
  if (size === 1) return unit(lead);
  let code = size === 2 ? lead - 0xc0 : size === 3 ? lead - 0xe0 : lead - 0xf0;
  for (let at = 2; at <= size; at++) code = code * 64 + string.byte(found, at) - 0x80;
  if (code < 0x10000) return unit(code);
  const low = (code - 0x10000) % 1024;
  return unit(0xd7c0 + (code >>> 10)) + unit(0xdc00 + low);
}

export function asciiText(text: string): string {
  if (isPrintable(text)) return text;
  // Built from numbers: bundles are ASCII, and a byte class in a literal would arrive as UTF-8.
  const more = `[${string.char(128)}-${string.char(191)}]`;
  const sequences = `[${string.char(194)}-${string.char(244)}]${more}+`;
  const joined = string.gsub(text, sequences, jsonEscape);
  const escaped = string.gsub(joined, '[^ -~]', jsonEscape);
  return escaped;
}

export function collectGarbage(): void {
  collectgarbage();
}

export function program(): unknown {
  return compute;
}

export function setProgram(next: unknown): void {
  compute = next;
}

export function runCode(code: string): void {
  // Both results of `load` reach `assert`: nothing and the reason, when the code does not compile.
  // Named, because functions remember their chunk by its name, which is the whole code if it has none.
  assert(load(code, '=upgrade'))();
}

export function offer(something: unknown): void {
  beamlineOffer = something;
}

export function offered(): unknown {
  return beamlineOffer;
}

export function hostBudget(): { n: number; depth: number } | undefined {
  return __budget;
}
