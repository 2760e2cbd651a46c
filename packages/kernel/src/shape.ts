import { emptyRecord } from '@beamline/ecs';
import { readInteger } from './integer.ts';
import { idsIn, lookup } from '#target';

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

/** Texts of a list, whether it arrives as a list or as `{"1": …}`; a lone text may hold several ids. In no order. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return idsIn(value);
  const texts: string[] = [];
  let count = 0;
  const shape = shapeOf(value);
  // beamline-disable-next-line key-order: callers are told that there is no order.
  for (const key in shape) {
    texts[count] = asText(shape[key]);
    count = count + 1;
  }
  return texts;
}
