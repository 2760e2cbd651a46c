import type { Course, CutOver, Slots } from '../course.ts';
import type { ReverseCourse } from '../plan.ts';

interface OnCourse {
  course: Course;
  /** Where to go when the new release fails its tests. */
  back: ReverseCourse;
  /** On the way back: the way there, as far as it was gone. */
  before?: { course: Course; cut: CutOver };
}

/** New instances come up beside those that serve; the code of these is the old one. */
export type Preparing = OnCourse & (
  | { phase: 'publishing' | 'spawning' | 'activating' }
  | { phase: 'routing' | 'linking' | 'upgrading'; activations: Slots }
);

/** The course's code runs. */
export type Committed = OnCourse & { phase: 'removing' | 'proving' | 'unfreezing'; cut: CutOver; accepted?: true };

/** The new code failed and there is no way back: players wait for a person. */
export type Freezing = OnCourse & { phase: 'freezing'; cut: CutOver; reason: string };

export type Undoing = OnCourse & { phase: 'discarding'; reason: string };

export type Working = Preparing | Committed | Freezing | Undoing;

export type InPlaceState =
  | Working
  | (OnCourse & { phase: 'done'; cut: CutOver })
  /** `leaked`: why new processes could not be retired. */
  | (OnCourse & { phase: 'aborted'; reason: string; leaked?: string })
  /** A person must look; `resumed` goes back to `at`. */
  | { phase: 'stuck'; at: Working; reason: string };
