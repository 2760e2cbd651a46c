import type { Direction } from './course.ts';
import type { InstanceId } from './instance.ts';

/** What happens while it happens, for terminal and dashboard. */
export interface TimelineEvent {
  /** Milliseconds since 1970. */
  at: number;
  deployment: string;
  /** The strategy's phase: `fencing`. */
  step: string;
  direction: Direction;
  /** Of a rollout, from 1 on. */
  batch?: number;
  /** Absent when the step is about all instances. */
  instance?: InstanceId;
  state: 'started' | 'progress' | 'done' | 'failed';
  /** Milliseconds since it started. On `done` and `failed`. */
  ms?: number;
  /** One sentence at most. */
  detail?: string;
}

export type TimelineListener = (event: TimelineEvent) => void;

/** A listener that throws must not stop a deployment. */
export const tellSafely = (listener: TimelineListener | undefined): TimelineListener => (event) => {
  try {
    listener?.(event);
  } catch {
    // Whoever watches has a problem; the players have none.
  }
};

export interface TimelineFeed {
  /** Give this to `createRunner`. */
  readonly listener: TimelineListener;
  /** Events from now on, in order, until `signal` is aborted. Each caller gets all of them. */
  follow(signal?: AbortSignal): AsyncIterable<TimelineEvent>;
}

/** Turns the listener of a runner into any number of async iterables. */
export function createTimelineFeed(): TimelineFeed {
  const followers = new Set<(event: TimelineEvent) => void>();

  return {
    listener(event) {
      for (const follower of followers) follower(event);
    },
    follow(signal) {
      const waiting: TimelineEvent[] = [];
      let wake = () => undefined as void;
      const follower = (event: TimelineEvent) => {
        waiting.push(event);
        wake();
      };
      followers.add(follower);
      const stop = () => {
        followers.delete(follower);
        wake();
      };
      signal?.addEventListener('abort', stop, { once: true });

      return (async function* events() {
        try {
          for (;;) {
            const next = waiting.shift();
            if (next !== undefined) yield next;
            else if (signal?.aborted) return;
            else await new Promise<void>((resolve) => { wake = resolve; });
          }
        } finally {
          stop();
        }
      })();
    },
  };
}
