import type { ProcessId } from '@beamline/core';
import type { CutOver, Direction, Pass } from './course.ts';
import type { InstanceId } from './instance.ts';
import type { DeploymentPlan } from './plan.ts';
import type { DeploymentReport, InstanceReport } from './report.ts';
import type { Standing } from './strategy.ts';

/** What a deployment did, measured. */
export function reportOf(plan: DeploymentPlan, standing: Standing, startedAt: number, endedAt: number): DeploymentReport {
  const { passes, end } = standing;
  const gone = (direction: Direction) => passes.filter(({ course }) => course.direction === direction);
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
    instances: instancesOf(gone('forward')),
    ...(gone('reverse').length === 0 ? {} : { reverse: instancesOf(gone('reverse')) }),
  };
}

function instancesOf(passes: readonly Pass[]): Record<InstanceId, InstanceReport> {
  const reports: Record<InstanceId, InstanceReport> = {};
  for (const { course, cut } of passes) {
    for (const { instance, blue } of course.changes) {
      const green = course.greens[instance];
      if (green !== undefined) reports[instance] = instanceOf(instance, blue, green, cut);
    }
  }
  return reports;
}

function instanceOf(instance: InstanceId, blue: ProcessId | undefined, green: ProcessId, cut: CutOver | undefined): InstanceReport {
  const passage = cut?.passages[instance];
  const fence = cut?.fences[instance];
  const roots = cut?.roots[instance];
  return {
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
