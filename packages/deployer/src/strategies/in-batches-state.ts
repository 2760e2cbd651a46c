import type { Pass } from '../course.ts';
import type { ReverseCourse, Rollout } from '../plan.ts';
import type { Route } from '../strategy.ts';

interface OnRollout {
  changes: Route['changes'];
  back: ReverseCourse;
  rollout: Rollout;
  /** Passes of batches whose new release serves, oldest first. */
  moved: readonly Pass[];
  /** Passes of batches that were undone: there and back. */
  returned: readonly Pass[];
}

/** `phase` of a batch under way is that of its own machine, so that people see the steps they know. */
export type InBatchesState<Inner extends { phase: string }> = OnRollout & (
  /** `batch`: counted from 0. `attempt`: grows when it is tried again after it was undone. */
  | { stage: 'moving'; phase: string; batch: number; attempt: number; inner: Inner }
  /** Before the batch `batch`. */
  | { stage: 'gating'; phase: 'gating'; batch: number }
  /** The last of `moved` goes back. */
  | { stage: 'returning'; phase: string; inner: Inner; reason: string }
  /** A person must look; `resumed` goes back to the gate, or tries the batch again. */
  | { stage: 'stuck'; phase: 'stuck'; reason: string; batch: number; attempt?: number }
  | { stage: 'ended'; phase: 'done' }
  | { stage: 'ended'; phase: 'aborted' | 'rolled-back'; reason: string }
);
