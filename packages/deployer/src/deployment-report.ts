import type { Course, CutOver } from './course.ts';
import type { InstanceId } from './instance.ts';
import type { DeploymentPlan } from './plan.ts';
import type { DeploymentReport, InstanceReport } from './report.ts';
import type { Standing } from './strategy.ts';

/** What a deployment did, measured. */
export function reportOf(plan: DeploymentPlan, standing: Standing, startedAt: number, endedAt: number): DeploymentReport {
  const { course, cut, before, end } = standing;
  return {
    version: 1,
    id: plan.id,
    strategy: plan.strategy,
    outcome: end?.outcome ?? 'stuck',
    ...(plan.from === undefined ? {} : { from: plan.from }),
    to: plan.to,
    ...(end?.reason === undefined ? {} : { reason: end.reason }),
    startedAt,
    endedAt,
    instances: before === undefined ? instancesOf(course, cut) : instancesOf(before.course, before.cut),
    ...(before === undefined ? {} : { reverse: instancesOf(course, cut) }),
  };
}

function instancesOf(course: Course, cut: CutOver | undefined): Record<InstanceId, InstanceReport> {
  const reports: Record<InstanceId, InstanceReport> = {};
  for (const { instance, blue } of course.changes) {
    const green = course.greens[instance];
    if (green === undefined) continue;
    const passage = cut?.passages[instance];
    const fence = cut?.fences[instance];
    const roots = cut?.roots[instance];
    reports[instance] = {
      ...(blue === undefined ? {} : { blue }),
      green,
      ...(fence === undefined ? {} : { fence }),
      writePauseMs: passage === undefined ? 0 : passage.activeAt - passage.fencedAt,
      deliveredAfterMs: passage === undefined ? 0 : passage.deliveredAt - passage.fencedAt,
      heldMessages: passage?.held ?? 0,
      redelivered: passage?.redelivered ?? 0,
      ...(roots === undefined ? {} : { expectedRoot: roots.expected, greenRoot: roots.green }),
    };
  }
  return reports;
}
