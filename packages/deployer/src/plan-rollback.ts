import { Fault } from '@beamline/core';
import { planDeployment } from './plan-deployment.ts';
import type { PlanOptions } from './plan-deployment.ts';
import type { DeploymentPlan } from './plan.ts';
import type { DeployableRelease } from './release.ts';
import { migrationsOf } from './release-migrations.ts';
import { reverseChain } from './reverse-chain.ts';

export interface RollbackOptions extends Omit<PlanOptions, 'release'> {
  /** The release that runs now: its migrations are walked backwards. */
  current: DeployableRelease;
  /** The release to return to. */
  previous: DeployableRelease;
}

/**
 * Plans the way back to the previous release, keeping what players did since: a deployment like any other, with the
 * reverse migrations.
 * @throws Fault `deployer/no-previous-release`, `deployer/irreversible`, and those of `planDeployment`
 */
export function planRollback({ current, previous, ...options }: RollbackOptions): DeploymentPlan {
  const { state } = options;
  if (state.previousRelease === undefined || state.previousRelease !== previous.id || state.release !== current.id) {
    throw new Fault('deployer/no-previous-release', `environment ${state.environment} did not run ${previous.version} before ${current.version}`, {
      hint: 'A rollback goes one release back. Deploy any other release like a new one, with migrations that lead there.',
    });
  }
  const migrations = Object.entries(previous.roles).flatMap(([role, released]) => {
    const chain = migrationsOf(current, role);
    if (current.roles[role]?.layoutHash === released.layoutHash) return [];
    const reversal = reverseChain(chain, released.layout);
    if (!('impossible' in reversal)) return reversal.migrations;
    throw new Fault('deployer/irreversible', `role ${role} cannot go back: ${reversal.impossible}`, {
      hint: 'Restore a snapshot from before the deployment, or deploy a fixed release forward.',
    });
  });
  return planDeployment({ ...options, release: { ...previous, migrations } });
}
