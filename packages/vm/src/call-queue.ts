import { Fault } from '@beamline/core';

/** Runs jobs one after the other, in the order in which they were given. */
export interface CallQueue {
  queued<T>(job: () => Promise<T>): Promise<T>;
  /** Jobs still queued fail with `vm/closed`. */
  close(): void;
}

export function createCallQueue(): CallQueue {
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;
  return {
    queued(job) {
      const next = last.then(() => {
        if (closed) throw new Fault('vm/closed', 'this VM is closed', { hint: 'Create another one.' });
        return job();
      });
      last = next.catch(() => undefined);
      return next;
    },
    close: () => {
      closed = true;
    },
  };
}
