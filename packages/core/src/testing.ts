import type { Clock } from './clock.ts';

/** A clock that moves only when told to. `advance` wakes sleepers in order of their time. */
export interface ManualClock extends Clock {
  advance(ms: number): Promise<void>;
}

interface Sleeper {
  wakeAt: number;
  wake(): void;
}

export function createManualClock(startMs = 0): ManualClock {
  let now = startMs;
  let sleepers: Sleeper[] = [];

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return void reject(signal.reason as Error);
        const sleeper: Sleeper = { wakeAt: now + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal.reason as Error);
        }, { once: true });
      }),
    async advance(ms) {
      const end = now + ms;
      for (;;) {
        sleepers.sort((a, b) => a.wakeAt - b.wakeAt);
        const next = sleepers[0];
        if (next === undefined || next.wakeAt > end) break;
        sleepers.shift();
        now = next.wakeAt;
        next.wake();
        await Promise.resolve();
      }
      now = end;
      await Promise.resolve();
    },
  };
}
