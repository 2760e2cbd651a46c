import { describeError, isFault, type Clock } from '@beamline/core';
import type { RatePoint, StatusReport } from '@beamline/stack';
import type { WatchedEnvironment } from './watched-environment.ts';

/** The newest facts about the environment, and when there are newer ones. */
export interface Watch {
  /** The last report; the first caller waits for the first one. */
  latest(): Promise<StatusReport>;
  /** Calls `listener` after every look. Returns the way to stop. */
  subscribe(listener: (seen: Seen) => void): () => void;
  close(): Promise<void>;
}

/** One look. `problem`: the environment could not be looked at; the report before stays the latest. */
export type Seen = { report: StatusReport; rate: RatePoint | undefined } | { problem: string };

export interface WatchOptions {
  environment: WatchedEnvironment;
  clock: Clock;
  intervalMs: number;
}

/** One loop looks, however many people watch. */
export function createWatch({ environment, clock, intervalMs }: WatchOptions): Watch {
  const stop = new AbortController();
  const listeners = new Set<(seen: Seen) => void>();
  let latest: StatusReport | undefined;
  let looking: Promise<Seen> | undefined;

  const look = (): Promise<Seen> =>
    looking ??= environment.status().then(
      (report): Seen => ({ report: latest = report, rate: environment.rates().at(-1) }),
      (error: unknown): Seen => ({ problem: isFault(error) ? `${error.code}: ${error.message}` : describeError(error) }),
    ).finally(() => { looking = undefined; });

  async function run(): Promise<void> {
    while (!stop.signal.aborted) {
      const seen = await look();
      if (stop.signal.aborted) return;
      for (const listener of listeners) listener(seen);
      await clock.sleep(intervalMs, stop.signal).catch(() => undefined);
    }
  }
  const running = run();

  return {
    async latest() {
      if (latest !== undefined) return latest;
      const seen = await look();
      if ('report' in seen) return seen.report;
      return environment.status(); // throws what is wrong
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      stop.abort();
      await running;
    },
  };
}
