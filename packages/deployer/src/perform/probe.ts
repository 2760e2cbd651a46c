import type { Course } from '../course.ts';
import type { Probe, ProbeContext } from '../runner-options.ts';
import type { Site } from './site.ts';

/** Runs probes one after the other; what they complain about, and what they throw. */
export async function runProbes(
  site: Site, course: Course, phase: ProbeContext['phase'], probes: readonly Probe[], signal?: AbortSignal,
): Promise<string[]> {
  return problemsOf(probes, {
    phase, network: site.network, clock: site.clock, environment: site.plan.environment,
    release: course.changes[0]?.release ?? site.plan.to,
    instances: course.changes.map(({ instance, role, shard, alias }) => ({ instance, role, shard, alias, process: course.greens[instance]! })),
  }, signal);
}

export async function problemsOf(probes: readonly Probe[], context: ProbeContext, signal?: AbortSignal): Promise<string[]> {
  const problems: string[] = [];
  for (const probe of probes) {
    try {
      problems.push(...await probe(context, signal));
    } catch (error) {
      if (signal?.aborted) throw error;
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  return problems;
}
