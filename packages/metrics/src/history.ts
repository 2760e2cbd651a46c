import type { InstanceSample } from './instance.ts';

/** Messages per second of every instance at one moment. */
export interface RatePoint {
  /** Milliseconds since 1970. */
  at: number;
  byInstance: Readonly<Record<string, number>>;
}

/** The last `keep` passes, oldest first. */
export function createHistory(keep: number): { add(at: number, samples: readonly InstanceSample[]): void; points(): readonly RatePoint[] } {
  let points: RatePoint[] = [];
  return {
    add(at, samples) {
      const byInstance = Object.fromEntries(samples.map(({ id, messagesPerSecond }) => [id, messagesPerSecond]));
      points = [...points.slice(1 - keep), { at, byInstance }];
    },
    points: () => points,
  };
}
