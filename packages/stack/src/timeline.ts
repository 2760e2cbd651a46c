/** What happened, for people who watch. Ids are the instance's `<role>-<shard>`; durations in milliseconds. */
export type Happening =
  | { kind: 'deployment'; deployment: string; state: 'started' | 'done' | 'rolled-back' | 'aborted' | 'stuck'; from?: string; to: string; strategy: string; ms?: number; detail?: string }
  | { kind: 'step'; deployment: string; step: string; instance?: string; state: 'started' | 'done' | 'failed'; ms?: number; detail?: string }
  | { kind: 'write-pause'; deployment: string; instance: string; state: 'started' | 'ended'; ms?: number; held?: number }
  | { kind: 'snapshot'; instance: string; slot: number; ref: string; bytes: number; pages: number; pagesReused: number; ms: number }
  | { kind: 'recovery'; instance: string; state: 'started' | 'done' | 'failed'; ms?: number; rootsMatch?: boolean; detail?: string }
  | { kind: 'note'; level: 'info' | 'warning' | 'error'; text: string };

/** `id` grows with every event of an environment and is what `list({ after })` resumes from. `at`: ms since 1970. */
export type TimelineEvent = Happening & { id: number; at: number };

/**
 * The environment's account of itself, shared by every process that works on it.
 * Contract (checked for both by `describeTimeline`): events come in the order of their ids, each once; a listener that
 * throws harms nobody.
 */
export interface Timeline {
  publish(happening: Happening, at?: number): TimelineEvent;
  /** The newest `limit` events after `after`, oldest first. */
  list(options?: { after?: number; limit?: number }): readonly TimelineEvent[];
  /** Calls `listener` for every later event, also those other processes publish. Returns the way to stop. */
  subscribe(listener: (event: TimelineEvent) => void): () => void;
  close(): void;
}
