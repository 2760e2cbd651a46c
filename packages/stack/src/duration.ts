/** A time for people: `500ms`, `10s`, `5m`, `6h`, `1d`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

export const DURATION = '^\\d+(?:\\.\\d+)?(?:ms|s|m|h|d)$';

const UNIT: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds. The text must match `DURATION`. */
export function durationMs(text: Duration): number {
  const [, number = '', unit = ''] = /^([\d.]+)(\w+)$/.exec(text) ?? [];
  return Number(number) * (UNIT[unit] ?? NaN);
}
