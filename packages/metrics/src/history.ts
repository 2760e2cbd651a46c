import type { InstanceSample } from './instance.ts';

/** Messages per second by role at one moment. */
export interface RatePoint {
  /** Milliseconds since 1970. */
  at: number;
  byRole: Readonly<Record<string, number>>;
}

/** The last `keep` passes, oldest first. */
export function createHistory(keep: number): { add(at: number, samples: readonly InstanceSample[]): void; points(): readonly RatePoint[] } {
  let points: RatePoint[] = [];
  return {
    add(at, samples) {
      const byRole: Record<string, number> = {};
      for (const { role, messagesPerSecond } of samples) byRole[role] = (byRole[role] ?? 0) + messagesPerSecond;
      points = [...points.slice(1 - keep), { at, byRole }];
    },
    points: () => points,
  };
}
