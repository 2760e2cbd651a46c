import type { InstanceId } from './instance.ts';

/** What happens while it happens, for terminal and dashboard. */
export interface TimelineEvent {
  /** Milliseconds since 1970. */
  at: number;
  deployment: string;
  /** The strategy's phase (`fencing`) or a part of it (`bake`). */
  step: string;
  direction: 'forward' | 'reverse';
  /** Absent when the step is about all instances. */
  instance?: InstanceId;
  state: 'started' | 'progress' | 'done' | 'failed';
  /** Milliseconds since it started. On `done` and `failed`. */
  ms?: number;
  /** One sentence at most. */
  detail?: string;
}

export type TimelineListener = (event: TimelineEvent) => void;
