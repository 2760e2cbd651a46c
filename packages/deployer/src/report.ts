import type { ProcessId, Slot } from '@beamline/core';
import type { InstanceId } from './instance.ts';

/** How one instance went over. Times in milliseconds. */
export interface InstanceReport {
  /** Absent when the instance was created. */
  blue?: ProcessId;
  green: ProcessId;
  /** The slot at which blue froze. */
  fence?: Slot;
  /** From the fence slot's timestamp to the timestamp of green's activation: nobody could write meanwhile. */
  writePauseMs: number;
  /** From the fence slot's timestamp until everything blue had held was delivered. */
  deliveredAfterMs: number;
  /** Messages that arrived during the pause and were kept for green. */
  heldMessages: number;
  /** Forwards that got lost on the way and were delivered again. */
  redelivered: number;
  /** SHA-256 Merkle root of blue's state at the fence, migrated. */
  expectedRoot?: string;
  /** The same of green before it was activated. */
  greenRoot?: string;
}

/**
 * `complete`: the new release runs. `aborted`: the old one runs untouched. `rolled-back`: the old release runs, with
 * everything players did on the new one. `stuck`: a person must decide; `reason` says what about.
 */
export type Outcome = 'complete' | 'aborted' | 'rolled-back' | 'stuck';

export interface DeploymentReport {
  version: 1;
  id: string;
  strategy: string;
  outcome: Outcome;
  /** Absent for the first deployment. */
  from?: string;
  to: string;
  /** Why it did not simply complete. */
  reason?: string;
  startedAt: number;
  endedAt: number;
  instances: Readonly<Record<InstanceId, InstanceReport>>;
  /** The way back, when the new release had to be rolled back. */
  reverse?: Readonly<Record<InstanceId, InstanceReport>>;
}
