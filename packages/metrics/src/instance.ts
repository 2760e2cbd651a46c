import type { ProcessId, Slot } from '@beamline/core';

/** An AO process that runs a role, and the release it was deployed from. */
export interface InstanceRef {
  /** `<role>-<shard>`, unique within an environment. */
  id: string;
  role: string;
  shard: number;
  process: ProcessId;
  alias: string;
  release: string;
  layout: string;
}

/** `down`: does not answer or computes no more. `degraded`: answers, but lags, failed lately, or does not serve. */
export type Health = 'healthy' | 'degraded' | 'down';

/** An instance as it was at `sampledAt`. Counts are totals over the process's life. */
export interface InstanceSample extends InstanceRef {
  /** Milliseconds since 1970; 0 before the first sample. */
  sampledAt: number;
  health: Health;
  /** The kernel's phase; `unknown` when the process does not answer. */
  phase: string;
  entities: number;
  applied: number;
  duplicates: number;
  refused: number;
  errors: number;
  held: number;
  forwarded: number;
  sent: number;
  /** Last computed slot, -1 before the first. */
  slot: Slot;
  /** Scheduled − computed slots. */
  lag: number;
  /** Messages applied per second since the sample before. */
  messagesPerSecond: number;
  /** What the kernel last reported, or why the process could not be read. Empty when all is well. */
  lastError: string;
}

/** Before anything is known. */
export function unsampled(ref: InstanceRef): InstanceSample {
  return {
    ...ref, sampledAt: 0, health: 'down', phase: 'unknown', entities: 0, applied: 0, duplicates: 0, refused: 0, errors: 0,
    held: 0, forwarded: 0, sent: 0, slot: -1, lag: 0, messagesPerSecond: 0, lastError: '',
  };
}
