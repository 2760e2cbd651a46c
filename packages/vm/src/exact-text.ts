import { isUtf8 } from 'node:buffer';

/**
 * Lua strings are bytes. Bytes that are valid UTF-8 become ordinary text; in any other string each byte of 0x80–0xFF
 * that is not part of a valid sequence becomes the lone surrogate U+DC00 + byte. `bytesOfText` undoes it exactly, so
 * every byte string survives the way out and back.
 */
export function textOfBytes(bytes: Uint8Array): string {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(source) ? source.toString('utf8') : escapedText(source);
}

/** The bytes a text stands for: UTF-8, and one byte for each lone surrogate U+DC80–U+DCFF. */
export function bytesOfText(text: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  let start = 0;
  for (const { 0: run, index } of text.matchAll(/[\udc80-\udcff]+/gu)) {
    parts.push(Buffer.from(text.slice(start, index), 'utf8'));
    parts.push(Buffer.from(Array.from(run, (character) => character.charCodeAt(0) & 0xff)));
    start = index + run.length;
  }
  parts.push(Buffer.from(text.slice(start), 'utf8'));
  return Buffer.concat(parts);
}

function escapedText(source: Buffer): string {
  const codes: string[] = [];
  let start = 0;
  for (let at = 0; at < source.length;) {
    const length = sequenceLength(source, at);
    if (length > 0) {
      at += length;
      continue;
    }
    codes.push(source.toString('utf8', start, at), String.fromCharCode(0xdc00 + source[at]!));
    start = ++at;
  }
  codes.push(source.toString('utf8', start, source.length));
  return codes.join('');
}

/** Length of the valid UTF-8 sequence at a position; 0 when there is none. */
function sequenceLength(source: Buffer, at: number): number {
  const first = source[at]!;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  return first >= 0xc2 && first <= 0xf4 && at + length <= source.length && isUtf8(source.subarray(at, at + length)) ? length : 0;
}
