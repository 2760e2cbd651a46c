import type { Pass } from './course.ts';
import type { EnvironmentState, InstanceRecord } from './environment-state.ts';
import type { InstanceId } from './instance.ts';
import type { DeploymentPlan } from './plan.ts';
import type { DeploymentReport } from './report.ts';
import type { Standing } from './strategy.ts';

const HISTORY = 100;

/** The environment with the processes that serve now. Safe to apply again. */
export function withServing(state: EnvironmentState, { passes }: Standing): EnvironmentState {
  const modules = Object.assign({ ...state.modules }, ...passes.map(({ course }) => course.modules)) as EnvironmentState['modules'];
  return { ...state, instances: passes.reduce(served, state.instances), modules };
}

function served(instances: EnvironmentState['instances'], { course, cut, serving, forwarders }: Pass): EnvironmentState['instances'] {
  if (serving === 'blue' || cut === undefined) {
    // What a course had created and put away again serves nobody.
    const gone = course.changes.filter(({ kind, instance }) => kind === 'create' && instances[instance] !== undefined && instances[instance].process === course.greens[instance]);
    return gone.length === 0 ? instances : Object.fromEntries(Object.entries(instances).filter(([id]) => !gone.some(({ instance }) => instance === id)));
  }
  const next: Record<InstanceId, InstanceRecord> = { ...instances };
  for (const { kind, instance, role, shard, alias, release, bundle, layout, layoutHash, blue, forwarders: older } of course.changes) {
    const process = course.greens[instance];
    if (process === undefined) continue;
    next[instance] = {
      role, shard, process, alias, release, bundle, layout, layoutHash, since: cut.passages[instance]?.activeAt ?? 0,
      forwarders: forwarders?.[instance] ?? [...older, ...(kind === 'replace' && blue !== undefined ? [blue] : [])],
    };
  }
  return next;
}

/** The environment after a deployment has ended: what runs, what ran before, and one more line of history. */
export function withEnd(state: EnvironmentState, plan: DeploymentPlan, standing: Standing, report: DeploymentReport): EnvironmentState {
  const { running: _running, ...settled } = withServing(state, standing);
  const history = [...settled.history.filter(({ id }) => id !== report.id), report].slice(-HISTORY);
  if (report.outcome === 'complete') {
    return {
      ...settled, history, release: plan.to,
      ...(plan.from === undefined || plan.from === plan.to ? {} : { previousRelease: plan.from }),
    };
  }
  const instances = Object.fromEntries(Object.entries(settled.instances).filter(([id]) => !standing.passes.some(({ course }) => course.removals?.[id] !== undefined)));
  return { ...settled, history, instances };
}
