import { Fault } from '@beamline/core';
import type { EnvironmentState } from './environment-state.ts';
import type { DeploymentPlan } from './plan.ts';

/** What differs between the environment and what the plan was made for, one sentence each. */
export function driftOf(plan: DeploymentPlan, state: EnvironmentState): string[] {
  const drift: string[] = [];
  if (plan.environment !== state.environment) drift.push(`the plan is for ${plan.environment}, this is ${state.environment}`);
  if (plan.from !== state.release) drift.push(`the plan starts from release ${plan.from ?? 'none'}, ${state.release ?? 'none'} runs`);
  for (const id of new Set([...Object.keys(plan.basis), ...Object.keys(state.instances)])) {
    const planned = plan.basis[id];
    const found = state.instances[id];
    if (planned === undefined) drift.push(`${id} was not there`);
    else if (found === undefined) drift.push(`${id} is gone`);
    else if (planned.process !== found.process) drift.push(`${id} was ${planned.process}, is ${found.process}`);
    else if (planned.bundle !== found.bundle || planned.layoutHash !== found.layoutHash) drift.push(`${id} runs another bundle`);
  }
  return drift;
}

/** @throws Fault `deployer/drifted` */
export function assertNoDrift(plan: DeploymentPlan, state: EnvironmentState): void {
  const drift = driftOf(plan, state);
  if (drift.length === 0) return;
  throw new Fault('deployer/drifted', `the environment is not what plan ${plan.id} was made for: ${drift.join('; ')}`, {
    hint: 'Plan again: beamline deploy makes a new plan of what runs now.',
  });
}
