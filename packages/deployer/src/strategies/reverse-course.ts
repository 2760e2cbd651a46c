import type { Course, Greens } from '../course.ts';
import type { Change } from '../plan.ts';

/**
 * The course from a release that failed back to the one before: what was green is blue now, and the old blue, which
 * still forwards, is re-pointed along with those before it. Instances the failed release had added are removed.
 */
export function reverseCourse(failed: Course, planned: readonly Change[], because: string, attempt: number): Course {
  const removals: Record<string, string> = {};
  for (const change of failed.changes) {
    const green = failed.greens[change.instance];
    if (change.kind === 'create' && green !== undefined) removals[change.instance] = green;
  }
  return {
    direction: 'reverse',
    ...(failed.batch === undefined ? {} : { batch: failed.batch }),
    changes: planned.map((change) => reversed(change, failed)),
    modules: {},
    greens: {},
    attempt,
    because,
    removals: removals satisfies Greens,
  };
}

/**
 * The course back to the very processes of before: the failed ones compute nothing any more, so nothing can be moved out of
 * them; what they accepted is applied again by those they had it from.
 */
export function reclaimingCourse(failed: Course, planned: readonly Change[], because: string): Course {
  const course = reverseCourse(failed, planned, because, 1);
  const before = (change: Change): Change | undefined => failed.changes.find(({ instance }) => instance === change.instance);
  return {
    ...course, reclaims: true,
    changes: course.changes.map((change) => ({ ...change, forwarders: before(change)?.forwarders ?? [] })),
    greens: Object.fromEntries(course.changes.flatMap((change) => {
      const blue = before(change)?.blue;
      return blue === undefined ? [] : [[change.instance, blue]];
    })),
  };
}

function reversed(change: Change, failed: Course): Change {
  const there = failed.changes.find(({ instance }) => instance === change.instance);
  const blue = failed.greens[change.instance];
  if (there === undefined || blue === undefined) return change;
  return { ...change, blue, forwarders: [...there.forwarders, ...(there.blue === undefined ? [] : [there.blue])] };
}
