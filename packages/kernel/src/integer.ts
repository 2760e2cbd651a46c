import { parseInteger } from '#target';

/** A whole number that a stranger wrote, as number or as decimal text, below 2^53 either way; else `undefined`. */
export function readInteger(value: unknown): number | undefined {
  if (typeof value === 'string') return parseInteger(value);
  if (typeof value !== 'number' || value !== value || value >= 9007199254740992 || value <= -9007199254740992) return undefined;
  const floor = Math.floor(value);
  return floor === value ? floor : undefined;
}
