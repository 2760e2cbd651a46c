import type { ProcessId } from '@beamline/core';
import type { KernelHealth } from '@beamline/kernel/operator';
import { judge } from '../condition.ts';
import type { Course, Observation, Observations, Pass, Span } from '../course.ts';
import type { InstanceId } from '../instance.ts';
import type { Change } from '../plan.ts';
import { sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';

/** The counters of a course's blues, as far as they answer. */
export async function observeBlues(site: Site, { changes }: Course, signal?: AbortSignal): Promise<Observations> {
  const seen = await sideBySide(changes, async ({ instance, role, blue }) => {
    const health = blue === undefined ? undefined : await site.reader.health(blue, signal);
    return health === undefined ? [] : [[instance, await observationOf(site, { instance, role }, blue!, health, signal)] as const];
  });
  return Object.fromEntries(seen.flat());
}

/** What blues did since the course began. */
export async function spansOfBlues(site: Site, course: Course, signal?: AbortSignal): Promise<Record<InstanceId, Span>> {
  const now = await observeBlues(site, course, signal);
  return Object.fromEntries(Object.entries(now).flatMap(([instance, to]) => {
    const from = course.observed?.[instance];
    return from === undefined ? [] : [[instance, { from, to }]];
  }));
}

export async function observationOf(
  site: Site, { instance, role }: Pick<Change, 'instance' | 'role'>, process: ProcessId, { applied, refused, errors, entities }: KernelHealth, signal?: AbortSignal,
): Promise<Observation> {
  const measured: Record<string, number> = {};
  for (const { metric, role: only } of site.settings.analysis) {
    if (typeof metric === 'string' || (only !== undefined && only !== role)) continue;
    measured[metric.name] = await metric.measure({ instance, process, network: site.network }, signal);
  }
  return { at: site.clock.now(), applied, refused, errors, entities, measured };
}

/** What is wrong with the processes of a pass, one sentence each. `baselines`: of those that got new code where they are. */
export async function unhealthy(
  site: Site, { course, baselines = {} }: { course: Pass['course']; baselines?: Observations | undefined }, signal?: AbortSignal,
): Promise<string[]> {
  const found = await sideBySide(course.changes, async (change) => {
    const problems = await problemsOf(site, course, change, baselines[change.instance], signal);
    return problems.map((problem) => `${change.instance}: ${problem}`);
  });
  return found.flat();
}

async function problemsOf(site: Site, course: Course, change: Change, baseline: Observation | undefined, signal?: AbortSignal): Promise<string[]> {
  const { instance, role } = change;
  const green = course.greens[instance]!;
  const [health, { scheduled, computed }] = await Promise.all([site.reader.health(green, signal), site.network.slots(green, signal)]);
  if (health === undefined || health.phase !== 'active') return [`green is ${health?.phase ?? 'silent'}`];
  const to = await observationOf(site, change, green, health, signal);
  const [observed, before] = [course.observed?.[instance], course.before?.[instance]];
  const blue = before ?? (observed === undefined || baseline === undefined ? undefined : { from: observed, to: baseline });
  const from = baseline ?? startOf(site, green, to, before);
  const problems = judge(site.settings.analysis, role, scheduled - computed, { from, to }, blue);
  return problems.length === 0 || health['last-error'] === undefined ? problems : [...problems, `its last error is ${health['last-error']}`];
}

/** A new process counts from nothing, in the world and at the moment that its blue left it. */
function startOf(site: Site, green: ProcessId, now: Observation, before: Span | undefined): Observation {
  const nothing = { applied: 0, refused: 0, errors: 0 };
  if (before !== undefined) return { ...before.to, ...nothing };
  const known = site.firstSeen.get(green);
  if (known !== undefined) return known;
  const first = { ...now, ...nothing };
  site.firstSeen.set(green, first);
  return first;
}
