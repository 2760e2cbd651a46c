import { Fault } from '@beamline/core';
import { layoutVerdict, reverseChain } from '@beamline/persistence';
import { planDeployment } from './plan-deployment.ts';
import type { PlanOptions } from './plan-deployment.ts';
import type { DeploymentPlan } from './plan.ts';
import type { DeployableRelease } from './release.ts';
import { migrationsOf } from './release-migrations.ts';

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
    const now = current.roles[role];
    if (now === undefined || now.layoutHash === released.layoutHash) return [];
    // As much of the chain as lay between the two releases: it may begin long before the previous one.
    const way = layoutVerdict(released.layout, now.layout, migrationsOf(current, role), { role }).migrations;
    const reversal = reverseChain(way, released.layout);
    if (reversal.migrations !== undefined) return reversal.migrations;
    throw new Fault('deployer/irreversible', `role ${role} cannot go back: ${reversal.reason}`, {
      hint: 'Restore a snapshot from before the deployment, or deploy a fixed release forward.',
    });
  });
  return planDeployment({ ...options, release: { ...previous, migrations } });
}
