/**
 * What JavaScript and Lua do differently. The condition `lua` of the subpath import `#target` swaps this module for
 * target-lua.ts; both export the same names, and rollup folds the constant.
 */
export const LUA: boolean = false;

/** Runs something that may throw: the error's text, or `undefined` when it went well. */
export function attempt(run: () => void): string | undefined {
  try {
    run();
  } catch (error) {
    return `${error}`;
  }
  return undefined;
}

/** A byte of ASCII text. */
export function byteAt(text: string, at: number): number {
  return text.charCodeAt(at);
}

/** `record[key]` when it is an own key: a message with action `constructor` finds nothing. */
export function lookup<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Bytes outside printable ASCII, and the separators `% ; | & =`, as `%XX`. Non-ASCII text goes by its UTF-8 bytes. */
export function escapeText(text: string): string {
  return text.replace(/[^ -~]+|[%;|&=]/gu, (piece) =>
    piece.length === 1 && piece < '\x7f' && piece >= ' '
      ? `%${piece.charCodeAt(0).toString(16).toUpperCase()}`
      : [...new TextEncoder().encode(piece)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''));
}

/** Inverse of `escapeText`. */
export function unescapeText(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (piece) =>
    new TextDecoder().decode(Uint8Array.from(piece.slice(1).split('%'), (byte) => Number.parseInt(byte, 16))));
}

/** `package/reason` when a thrown text starts with `package/reason: `, else ''. */
export function codeOf(error: string): string {
  return /^([a-z0-9-]+\/[a-z0-9-]+): /.exec(error)?.[1] ?? '';
}

/** Decimal digits with an optional minus, of a number below 2^53 either way; else `undefined`. */
export function parseInteger(text: string): number | undefined {
  if (!/^-?\d{1,16}$/.test(text)) return undefined;
  const value = Number(text) + 0;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Every run of base64url characters: ids, however they are separated and quoted. */
export function idsIn(text: string): string[] {
  return text.match(/[A-Za-z0-9_-]+/g) ?? [];
}

/** A tag that any host carries unchanged. */
export function isTagName(text: string): boolean {
  return /^[a-z0-9_-]+$/.test(text);
}

/** Where `piece` begins, or -1. */
export function find(text: string, piece: string): number {
  return text.indexOf(piece);
}

/** The part from `from` up to `to`, exclusive. */
export function part(text: string, from: number, to?: number): string {
  return text.slice(from, to);
}

/** Sorts texts of printable ASCII in place. */
export function sortTexts(texts: string[]): void {
  texts.sort();
}

/** Only bytes 0x20…0x7E: safe in a JSON answer of the node. */
export function isPrintable(text: string): boolean {
  return /^[ -~]*$/.test(text);
}

/** Replies as printable ASCII: anything else becomes the JSON escape `\uXXXX`, so JSON stays the same JSON. */
export function asciiText(text: string): string {
  return text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Lua only: the host serialises the whole machine after each slot, garbage included. */
export function collectGarbage(): void {}

/** Lua only: the global `compute` that the node calls. */
export function program(): unknown {
  return undefined;
}

/** Lua only: makes this the global `compute`. */
export function setProgram(_program: unknown): void {}

/** Lua only: compiles and runs a bundle, which replaces `compute`. Throws what is wrong with it. */
export function runCode(_code: string): void {}

/** Lua only: lets code that is being loaded see something of the code that loads it. */
export function offer(_something: unknown): void {}

/** Lua only: what the code that loads this one lets it see. */
export function offered(): unknown {
  return undefined;
}

/** Lua only: the work budget that the bundler's prelude owns. */
export function hostBudget(): { n: number; depth: number } | undefined {
  return undefined;
}
