/**
 * Reads a whole number that a stranger wrote: decimal digits with an optional minus, below 2^53. Anything else is
 * `undefined`. Digit by digit, because luerl's `tonumber` gives floats and fails on large exponents.
 */
export function readInteger(value: unknown): number | undefined {
  if (typeof value === 'number') return wholeNumber(value);
  if (typeof value !== 'string') return undefined;
  const length = value.length;
  if (length === 0 || length > 17) return undefined;
  const negative = value.charCodeAt(0) === 45;
  if (negative && length === 1) return undefined;
  let result = 0;
  for (let at = negative ? 1 : 0; at < length; at++) {
    const digit = value.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    result = result * 10 + digit;
  }
  if (result > 9007199254740991) return undefined;
  return negative ? -result : result;
}

function wholeNumber(value: number): number | undefined {
  if (value !== value || value > 9007199254740991 || value < -9007199254740991) return undefined;
  const floor = Math.floor(value);
  return floor === value ? floor : undefined;
}
