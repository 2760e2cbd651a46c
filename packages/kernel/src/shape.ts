import { readInteger } from './integer.ts';
import { emptyRecord, lookup } from '#target';

/** What a host hands over: nothing about it can be relied on. */
export type Shape = Readonly<Record<string, unknown>>;

const NOTHING: Shape = emptyRecord<unknown>();

/** A table, or an empty one in place of anything else. */
export function shapeOf(value: unknown): Shape {
  return typeof value === 'object' && value !== null ? (value as Shape) : NOTHING;
}

/** Text, or '' for anything that is neither text nor a whole number. */
export function textAt(shape: Shape, key: string): string {
  return asText(lookup(shape, key));
}

export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  const integer = typeof value === 'number' ? readInteger(value) : undefined;
  return integer === undefined ? '' : `${integer}`;
}

/** A whole number given as number or as decimal text. */
export function integerAt(shape: Shape, key: string): number | undefined {
  return readInteger(lookup(shape, key));
}

/** Texts of a list, whether it arrives as a list or as `{"1": …}`; a lone text may hold several, by commas. In no order. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return splitList(value);
  const texts: string[] = [];
  let count = 0;
  const shape = shapeOf(value);
  for (const key in shape) {
    const text = shape[key];
    if (typeof text !== 'string') continue;
    texts[count] = text;
    count = count + 1;
  }
  return texts;
}

/** Parts between commas, without surrounding spaces or quotes; empty parts are dropped. */
export function splitList(text: string): string[] {
  const parts: string[] = [];
  let count = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && text.charCodeAt(at) !== 44) continue;
    const part = strip(text, start, at);
    start = at + 1;
    if (part === '') continue;
    parts[count] = part;
    count = count + 1;
  }
  return parts;
}

function strip(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isPadding(text.charCodeAt(start))) start = start + 1;
  while (end > start && isPadding(text.charCodeAt(end - 1))) end = end - 1;
  return text.substring(start, end);
}

function isPadding(unit: number): boolean {
  return unit === 32 || unit === 34;
}
