import type { Course, Observations } from '../course.ts';
import { abortReason } from '../requests.ts';
import type { DeployEvent } from '../strategy.ts';
import { unhealthy } from './observe.ts';
import { runProbes } from './probe.ts';
import type { Site } from './site.ts';

/** Smoke tests against live greens, then the bake. Ends at the first problem, or when somebody wants the old release back. */
export async function prove(site: Site, course: Course, baselines: Observations | undefined, signal?: AbortSignal): Promise<DeployEvent> {
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
  return { on: 'proved', problems, at: site.clock.now() };
}
