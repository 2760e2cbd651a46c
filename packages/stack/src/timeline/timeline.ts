import type { DeploymentState } from '../status.ts';

/** What happened, for people who watch. `instance` is `<role>-<shard>`; `ms` is how long it took. */
export type Happening =
  /** `from`, `to`: release ids, `from` empty for the first. `version`: the game's own version of `to`. */
  | { kind: 'deployment'; deployment: string; state: DeploymentState; from: string; to: string; version?: string; strategy: string; way?: readonly string[]; batches?: number; ms?: number; detail?: string }
  /** A phase of the strategy, such as `fencing`. `reverse`: on the way back to the old release. */
  | { kind: 'step'; deployment: string; step: string; state: 'started' | 'progress' | 'done' | 'failed'; instance?: string; reverse?: boolean; batch?: number; ms?: number; detail?: string }
  /** Measured once it is over: how long an instance accepted no writes, and how many messages waited for it. */
  | { kind: 'write-pause'; deployment: string; instance: string; ms: number; held: number }
  | { kind: 'snapshot'; instance: string; slot: number; ref: string; bytes: number; pages: number; pagesReused: number; ms: number }
  | { kind: 'recovery'; instance: string; state: 'started' | 'done' | 'failed'; ms?: number; rootsMatch?: boolean; detail?: string }
  /** A snapshot was restored for practice. `recoveryMs`: from nothing to the state of the running process. */
  | { kind: 'drill'; instance: string; slot: number; ref: string; outcome: 'good' | 'bad'; recoveryMs: number; replayed: number; detail?: string }
  | { kind: 'note'; level: 'info' | 'warning' | 'error'; text: string };

/** `id` grows with every event of an environment; `list({ after: id })` resumes from it. `at`: milliseconds since 1970. */
export type TimelineEvent = Happening & { id: number; at: number };

export interface TimelineQuery {
  /** Only events with a greater id. @default 0 */
  after?: number;
  /** The newest so many. @default 500 */
  limit?: number;
}

/**
 * An environment's account of itself, shared by all who work on it.
 *
 * Contract (checked by `describeTimeline` in `test/`): events are told in the order of their ids, each once; a listener
 * that throws harms nobody; after `close` nobody is told anything.
 */
export interface Timeline {
  publish(happening: Happening): TimelineEvent;
  /** Oldest first. */
  list(query?: TimelineQuery): readonly TimelineEvent[];
  /** Calls `listener` for every later event. Returns the way to stop. */
  subscribe(listener: (event: TimelineEvent) => void): () => void;
  close(): void;
}

/** Listeners that cannot harm each other. */
export function createListeners(): { tell(event: TimelineEvent): void; add(listener: (event: TimelineEvent) => void): () => void; clear(): void } {
  const listeners = new Set<(event: TimelineEvent) => void>();
  return {
    tell(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch { /* who only watches must not stop who works */ }
      }
    },
    add(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    clear: () => listeners.clear(),
  };
}

export const select = (events: readonly TimelineEvent[], { after = 0, limit = 500 }: TimelineQuery = {}): readonly TimelineEvent[] =>
  events.filter(({ id }) => id > after).slice(-limit);
