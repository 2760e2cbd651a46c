import { Fault } from '@beamline/core';
import type { EnvironmentState } from './environment-state.ts';
import type { DeploymentPlan } from './plan.ts';

/** What differs between the environment and what the plan was made for, one sentence each. */
export function driftOf(plan: DeploymentPlan, state: EnvironmentState): string[] {
  const drift: string[] = [];
  // Its journal is that of the first time.
  const past = state.history.find(({ id }) => id === plan.id);
  if (past !== undefined) drift.push(`it was carried out before, and ended ${past.outcome}`);
  if (plan.environment !== state.environment) drift.push(`the plan is for ${plan.environment}, this is ${state.environment}`);
  if (plan.from !== state.release) drift.push(`the plan starts from release ${plan.from ?? 'none'}, ${state.release ?? 'none'} runs`);
  for (const id of new Set([...Object.keys(plan.basis), ...Object.keys(state.instances)])) {
    const planned = plan.basis[id];
    const found = state.instances[id];
    if (planned === undefined) drift.push(`${id} was not there`);
    else if (found === undefined) drift.push(`${id} is gone`);
    else if (planned.process !== found.process) drift.push(`${id} was ${planned.process}, is ${found.process}`);
    else if (planned.bundle !== found.bundle || planned.layoutHash !== found.layoutHash) drift.push(`${id} runs another bundle`);
    else if (planned.module !== undefined && planned.module !== state.modules[found.bundle]) drift.push(`the module of ${id} was ${planned.module}, is ${state.modules[found.bundle] ?? 'none'}`);
  }
  return drift;
}

/**
 * The same for a plan that was saved: `fresh` is what would be planned now for the same request. What estimates and looks
 * at data found may differ; what would be done may not.
 */
export function planDriftOf(plan: DeploymentPlan, fresh: DeploymentPlan, state: EnvironmentState): string[] {
  const drift = driftOf(plan, state);
  if (drift.length > 0) return drift;
  return DECIDED.flatMap((key) => {
    const [planned, found] = [decided(plan, key), decided(fresh, key)];
    const at = differenceAt(planned, found, key);
    return at === undefined ? [] : [`${at} would be planned otherwise now`];
  });
}

const DECIDED = ['id', 'game', 'to', 'toVersion', 'strategy', 'rollout', 'instances', 'changes', 'reverse', 'links', 'basis', 'steps', 'brokenMessages'] as const;

const decided = (plan: DeploymentPlan, key: (typeof DECIDED)[number]): unknown =>
  (key === 'instances' ? plan.instances.map(({ data: _, ...rest }) => rest) : plan[key]);

/** Path of the first place at which two values of JSON differ. */
function differenceAt(one: unknown, other: unknown, at: string): string | undefined {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other ? undefined : at;
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const found = differenceAt((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key], Array.isArray(one) ? `${at}[${key}]` : `${at}.${key}`);
    if (found !== undefined) return found;
  }
  return Array.isArray(one) === Array.isArray(other) ? undefined : at;
}

/** @throws Fault `deployer/drifted` */
export function assertNoDrift(plan: DeploymentPlan, state: EnvironmentState): void {
  refuseDrift(plan, driftOf(plan, state));
}

/** @throws Fault `deployer/drifted` when there is any */
export function refuseDrift(plan: Pick<DeploymentPlan, 'id'>, drift: readonly string[]): void {
  if (drift.length === 0) return;
  throw new Fault('deployer/drifted', `the environment is not what plan ${plan.id} was made for: ${drift.join('; ')}`, {
    hint: 'Plan again: beamline deploy makes a new plan of what runs now.',
  });
}
