import { Fault } from '@beamline/core';
import { layoutVerdict, reverseChain, type Migration } from '@beamline/persistence';
import type { EnvironmentState } from './environment-state.ts';
import { planDeployment } from './plan-deployment.ts';
import type { PlanOptions } from './plan-deployment.ts';
import type { DeploymentPlan } from './plan.ts';
import type { DeployableRelease } from './release.ts';
import { migrationsOf } from './release-migrations.ts';

export interface RollbackOptions extends Omit<PlanOptions, 'release'> {
  /** The release that runs now: its migrations are walked backwards. */
  current: DeployableRelease;
  /** What ran in between, newest first, as `wayBackTo` names it. @default nothing: one release back */
  between?: readonly DeployableRelease[];
  /** The release to return to. */
  previous: DeployableRelease;
  /** Code alone, in place: no layout may have changed. @default false */
  codeOnly?: boolean;
}

/**
 * Plans the way back to a release that ran before, keeping what players did since: a deployment like any other, with the
 * reverse migrations of every release that is walked back over.
 * @throws Fault `deployer/no-previous-release`, `deployer/irreversible`, `deployer/layout-differs`, and those of `planDeployment`
 */
export function planRollback({ current, between = [], previous, codeOnly = false, ...options }: RollbackOptions): DeploymentPlan {
  const { state } = options;
  const way = wayBackTo(state, previous.id);
  if (state.release !== current.id || way?.at(-1) !== previous.id || way.slice(0, -1).join() !== between.map(({ id }) => id).join()) {
    throw new Fault('deployer/no-previous-release', `environment ${state.environment} did not run ${previous.version} before ${current.version}`, {
      hint: 'A rollback goes back to a release of the last 100 deployments. Deploy any other release like a new one, with migrations that lead there.',
    });
  }
  if (codeOnly) assertSameLayouts(state, previous);
  const walked = [current, ...between, previous];
  const migrations = Object.keys(previous.roles).flatMap((role) => (isBack(state, role, previous) ? [] : walked.slice(1).flatMap((older, n) => reversed(walked[n]!, older, role))));
  return planDeployment({ ...options, ...(codeOnly ? { strategy: 'in-place' } : {}), release: { ...previous, migrations } });
}

/**
 * Which releases are walked back over from the one that runs to one that ran before, that one last. Detours are left out:
 * of a release that ran twice only what was before its first time. `undefined` when the history does not know it.
 */
export function wayBackTo({ release, previousRelease, history }: EnvironmentState, target: string): string[] | undefined {
  const ran = history.filter(({ outcome }) => outcome === 'complete').map(({ to }) => to);
  // States of before a deployment is complete, or older than the history, still know one.
  const known = ran.at(-1) === release ? ran : [...(previousRelease === undefined ? [] : [previousRelease]), ...(release === undefined ? [] : [release])];
  const way: string[] = [];
  for (const id of known.toReversed()) {
    const before = way.indexOf(id);
    if (before !== -1) way.length = before;
    way.push(id);
    if (id === target) return way.length === 1 ? undefined : way.slice(1);
  }
  return undefined;
}

/** As much of the newer release's chain as lies between the two, backwards: it may begin long before the older one. */
function reversed(newer: DeployableRelease, older: DeployableRelease, role: string): readonly Migration[] {
  const [now, before] = [newer.roles[role], older.roles[role]];
  if (now === undefined || before === undefined || now.layoutHash === before.layoutHash) return [];
  const way = layoutVerdict(before.layout, now.layout, migrationsOf(newer, role), { role }).migrations;
  const reversal = reverseChain(way, before.layout);
  if (reversal.migrations !== undefined) return reversal.migrations;
  throw new Fault('deployer/irreversible', `role ${role} cannot go back from ${newer.version} to ${older.version}: ${reversal.reason}`, {
    hint: 'Give up what happened since: beamline rollback <environment> --snapshot <ref>. Or deploy a fixed release forward.',
  });
}

/** Its processes have the older layout already. */
const isBack = ({ instances }: EnvironmentState, role: string, { roles }: DeployableRelease): boolean =>
  Object.values(instances).filter((instance) => instance.role === role).every(({ layoutHash }) => layoutHash === roles[role]?.layoutHash);

function assertSameLayouts({ instances }: EnvironmentState, { version, roles }: DeployableRelease): void {
  const other = Object.entries(instances).filter(([, { role, layoutHash }]) => roles[role] !== undefined && roles[role].layoutHash !== layoutHash).map(([instance]) => instance);
  if (other.length === 0) return;
  throw new Fault('deployer/layout-differs', `code alone cannot go back to ${version}: the layout of ${other.join(', ')} has changed since, and the old code cannot read it`, {
    hint: 'Leave --code-only out: the reverse migrations keep what players did. Or --snapshot <ref>, which gives it up.',
  });
}
