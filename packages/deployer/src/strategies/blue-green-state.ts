import type { ProcessId } from '@beamline/core';
import type { Course, CutOver, Forwarders, Slots } from '../course.ts';
import type { ReverseCourse } from '../plan.ts';

interface OnCourse {
  course: Course;
  /** Where to go when the new release fails its tests. */
  back: ReverseCourse;
  /** On the way back: the finished way there. */
  before?: { course: Course; cut: CutOver };
}

/** Blue serves; nothing has happened to it. */
export type Preparing = OnCourse & (
  | { phase: 'publishing' | 'spawning' | 'introducing' | 'restoring' | 'checking' | 'fencing' }
  | { phase: 'catching-up'; round: number }
);

/** Blue holds messages; everything can still be undone. */
export type Fenced = OnCourse & (
  | { phase: 'transferring'; fences: Slots }
  | { phase: 'activating'; fences: Slots }
);

/** Green serves. There is no undoing, only forward, or all the way back with what players did. */
export type Committed = OnCourse & {
  phase: 'handing-over' | 'routing' | 'linking' | 'reconciling' | 'proving' | 'retiring' | 'unfreezing';
  cut: CutOver;
  /** A person keeps it, whatever its tests say. */
  accepted?: true;
};

/** Processes of before take back what silent ones accepted, and collect what reached these since. */
export type Reclaiming = OnCourse & { before: { course: Course; cut: CutOver } } & ({ phase: 'reclaiming' } | { phase: 'collecting'; cut: CutOver });

/** The new release failed and there is no way back: players wait for a person. */
export type Freezing = OnCourse & { phase: 'freezing'; cut: CutOver; reason: string };

/** `silent`: processes that compute nothing any more, if that is the reason. */
export type Undoing = OnCourse & { phase: 'thawing' | 'discarding'; reason: string; silent?: readonly ProcessId[] };

export type Ended =
  | (OnCourse & { phase: 'done'; cut: CutOver; forwarders: Forwarders })
  /** `leaked`: why greens could not be retired. */
  | (OnCourse & { phase: 'aborted'; reason: string; leaked?: string });

export type Working = Preparing | Fenced | Committed | Reclaiming | Freezing | Undoing;

export type BlueGreenState =
  | Working
  | Ended
  /** A person must look; `resumed` goes back to `at`. */
  | { phase: 'stuck'; at: Working; reason: string };

export type Phase = BlueGreenState['phase'];
