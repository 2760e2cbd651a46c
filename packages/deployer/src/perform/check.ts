import { imageRoot } from '@beamline/persistence';
import { judge } from '../condition.ts';
import type { Course, Span } from '../course.ts';
import type { Change } from '../plan.ts';
import type { DeployEvent } from '../strategy.ts';
import { spansOfBlues } from './observe.ts';
import { runProbes } from './probe.ts';
import { sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';
import { greenRoot } from './transfer-state.ts';

/** Greens in standby are what they should be, before anybody depends on them. */
export async function check(site: Site, course: Course, signal?: AbortSignal): Promise<DeployEvent> {
  const found = await sideBySide(course.changes, async (change) => {
    const problems = await problemsOf(site, course.greens[change.instance]!, change, signal);
    return problems.map((problem) => `${change.instance}: ${problem}`);
  });
  const problems = found.flat();
  if (problems.length === 0) problems.push(...await runProbes(site, course, 'standby', site.settings.checks, signal));
  const before = await spansOfBlues(site, course, signal);
  if (course.direction === 'forward') problems.push(...await unwellBefore(site, course, before, signal));
  return { on: 'checked', problems, before, at: site.clock.now() };
}

/** Conditions asked of those who serve now. */
async function unwellBefore(site: Site, course: Course, spans: Readonly<Record<string, Span>>, signal?: AbortSignal): Promise<string[]> {
  const asked = site.settings.analysis.filter(({ before }) => before);
  const found = await sideBySide(asked.length === 0 ? [] : course.changes, async ({ instance, role, blue }) => {
    const span = spans[instance];
    if (blue === undefined || span === undefined) return [];
    const { scheduled, computed } = await site.network.slots(blue, signal);
    return judge(asked, role, scheduled - computed, span, undefined).map((problem) => `${instance} is unwell before the change: ${problem}`);
  });
  return found.flat();
}

async function problemsOf(site: Site, green: string, change: Change, signal?: AbortSignal): Promise<string[]> {
  const health = await site.reader.health(green, signal);
  if (health === undefined) return ['green has computed nothing'];
  const { scheduled, computed } = await site.network.slots(green, signal);
  const problems: string[] = [];
  const expect = (what: string, found: unknown, wanted: unknown) => {
    if (found !== wanted) problems.push(`${what} is ${String(found)} instead of ${String(wanted)}`);
  };
  expect('phase', health.phase, 'standby');
  expect('release', health.release, change.release);
  expect('layout', health.layout, change.layoutHash);
  expect('role', health.role, change.role);
  expect('last computed slot', computed, scheduled);
  if (health['last-error'] !== undefined) problems.push(`its last error is ${health['last-error']}`);

  const known = site.worlds.get(green);
  if (change.blue !== undefined && known !== undefined) expect('root', await greenRoot(site, green, signal), imageRoot(known.image));
  return problems;
}
