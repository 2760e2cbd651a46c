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

function reversed(change: Change, failed: Course): Change {
  const there = failed.changes.find(({ instance }) => instance === change.instance);
  const blue = failed.greens[change.instance];
  if (there === undefined || blue === undefined) return change;
  return { ...change, blue, forwarders: [...there.forwarders, ...(there.blue === undefined ? [] : [there.blue])] };
}
