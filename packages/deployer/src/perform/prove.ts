import type { Course, Observations } from '../course.ts';
import { abortReason } from '../requests.ts';
import type { DeployEvent } from '../strategy.ts';
import { NO_PAGES } from './no-pages.ts';
import { unhealthy } from './observe.ts';
import { runProbes } from './probe.ts';
import { sideBySide } from './side-by-side.ts';
import { silentOf } from './silence.ts';
import type { Site } from './site.ts';

/** Smoke tests against live greens, then the bake. Ends at the first problem, or when somebody wants the old release back. */
export async function prove(site: Site, course: Course, baselines: Observations | undefined, signal?: AbortSignal): Promise<DeployEvent> {
  // Health is shown of bricked processes, too: one answer of each says that it computes.
  await sideBySide(Object.values(course.greens), (green) => site.reader.snapshot(green, NO_PAGES, signal));
  const problems = await runProbes(site, course, 'live', site.settings.smoke, signal);
  const until = site.clock.now() + (course.bakeMs ?? site.settings.bakeMs);
  while (problems.length === 0) {
    problems.push(...await unhealthy(site, { course, baselines }, signal));
    const abort = course.direction === 'forward' ? abortReason(await site.requests()) : undefined;
    if (abort !== undefined) problems.push(abort);
    const leftMs = until - site.clock.now();
    if (problems.length > 0 || leftMs <= 0) break;
    await site.clock.sleep(Math.min(site.settings.bakePollMs, leftMs), signal);
  }
  // Who computes nothing can be asked for nothing: it takes another way back.
  const silent = await silentOf(site, Object.values(course.greens), signal);
  problems.push(...silent.map((process) => `${process} computes nothing any more`));
  return { on: 'proved', problems, ...(silent.length === 0 ? {} : { silent }), at: site.clock.now() };
}
