import type { Clock } from '@beamline/core';

/** Time for tests without waiting: every look at it takes a millisecond, and sleeping is instant. */
export function createSteppingClock(startMs = 1_700_000_000_000): Clock {
  let now = startMs;
  return {
    now: () => (now += 1),
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      now += ms;
    },
  };
}
