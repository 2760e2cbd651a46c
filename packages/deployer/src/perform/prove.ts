import type { ProcessId } from '@beamline/core';
import type { Baselines, Course } from '../course.ts';
import type { Change } from '../plan.ts';
import type { DeployEvent } from '../strategy.ts';
import { runProbes } from './probe.ts';
import { sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';

/** Slots a busy process may be behind before it counts as stuck. */
const TOLERATED_LAG = 64;
/** How many times blue's share of failing messages green may have. */
const TOLERATED_ERRORS = 2;

/** Smoke tests against live greens, then the bake. Ends at the first problem. */
export async function prove(site: Site, course: Course, baselines: Baselines | undefined, signal?: AbortSignal): Promise<DeployEvent> {
  const problems = await runProbes(site, course, 'live', site.settings.smoke, signal);
  const until = site.clock.now() + site.settings.bakeMs;
  while (problems.length === 0) {
    problems.push(...await unhealthy(site, course, baselines, signal));
    const leftMs = until - site.clock.now();
    if (problems.length > 0 || leftMs <= 0) break;
    await site.clock.sleep(Math.min(site.settings.bakePollMs, leftMs), signal);
  }
  return { on: 'proved', problems, at: site.clock.now() };
}

async function unhealthy(site: Site, course: Course, baselines: Baselines = {}, signal?: AbortSignal): Promise<string[]> {
  const found = await sideBySide(course.changes, async (change) => {
    const problem = await problemOf(site, course.greens[change.instance]!, change, baselines[change.instance], signal);
    return problem === undefined ? [] : [`${change.instance}: ${problem}`];
  });
  return found.flat();
}

async function problemOf(
  site: Site, green: ProcessId, { kind, blue }: Change, baseline: Baselines[string] | undefined, signal?: AbortSignal,
): Promise<string | undefined> {
  const [health, { scheduled, computed }] = await Promise.all([site.reader.health(green, signal), site.network.slots(green, signal)]);
  if (health === undefined || health.phase !== 'active') return `green is ${health?.phase ?? 'silent'}`;
  if (scheduled - computed > TOLERATED_LAG) return `green is ${scheduled - computed} slots behind`;
  const before = kind === 'replace' && blue !== undefined && health.errors > 0 ? await site.reader.health(blue, signal) : baseline;
  // A process upgraded in place goes on counting.
  const [applied, errors] = baseline === undefined ? [health.applied, health.errors] : [health.applied - baseline.applied, health.errors - baseline.errors];
  const share = before === undefined || before.applied === 0 ? 0 : before.errors / before.applied;
  if (errors <= share * TOLERATED_ERRORS * applied) return undefined;
  return `${errors} of ${applied} messages failed, the last with ${health['last-error'] ?? 'no text'}`;
}
