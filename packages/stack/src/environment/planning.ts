import { assertTrusted } from '@beamline/bundler/release';
import type { AoNetwork, Clock } from '@beamline/core';
import { assertNoDrift, planDriftOf, refuseDrift, type DeploymentPlan, type DeploymentReport, type EnvironmentState } from '@beamline/deployer';
import type { Operator } from '@beamline/kernel/operator';
import type { SnapshotStore } from '@beamline/persistence';
import type { Rehearsals } from '../rehearsal/rehearsals.ts';
import { withDataVerdicts } from './check-data.ts';
import type { Environment } from './environment.ts';
import { planRequest, type PlanContext } from './plan-request.ts';
import type { RestoreReport } from './restore-instance.ts';
import { planSnapshotRollback, withRelease } from './snapshot-rollback.ts';

export interface PlanningOptions extends PlanContext {
  environment: string;
  store: SnapshotStore;
  clock: Clock;
  state(): Promise<EnvironmentState>;
  /** Connects when first asked for. */
  operator(): Promise<Operator>;
  network(): Promise<AoNetwork>;
  rehearsals: Rehearsals;
  /** `bakeMs`: instead of the config's. */
  carryOut(plan: DeploymentPlan, bakeMs: number | undefined, signal?: AbortSignal): Promise<DeploymentReport>;
  /** Under the environment's lock, while no deployment is under way. */
  alone<T>(purpose: string, work: (state: EnvironmentState) => Promise<T>): Promise<T>;
  /** Puts an instance back as it was in a snapshot. */
  restoreTo(state: EnvironmentState, instance: string, snapshot: string, signal?: AbortSignal): Promise<RestoreReport>;
}

export type Planning = Pick<Environment, 'plan' | 'planRollback' | 'planFor' | 'planSnapshotRollback' | 'rollbackToSnapshots' | 'apply' | 'rehearse' | 'deploy' | 'swap'>;

/** What is decided about an environment, and carried out as it was decided. */
export function createPlanning(options: PlanningOptions): Planning {
  const { environment, releases, signers, store, clock, state, operator, network, rehearsals, carryOut, alone, restoreTo } = options;

  const planFor: Environment['planFor'] = async (request, signal) =>
    withDataVerdicts(await planRequest(options, await state(), request, clock.now()), operator, signal);
  const deploy: Environment['deploy'] = async (plan, signal) => carryOut(await rehearsals.passed(plan, signal), undefined, signal);
  const planBack: Environment['planSnapshotRollback'] = async (choice) => planSnapshotRollback({ environment, releases, store }, network, await state(), choice);

  return {
    plan: (release, choice, signal) => planFor({ way: 'deploy', release, ...choice }, signal),
    planRollback: (choice, signal) => planFor({ way: 'rollback', ...choice }, signal),
    planFor,
    deploy,
    swap: (plan, signal) => carryOut(plan, 0, signal),
    rehearse: rehearsals.rehearse,

    async apply({ request, plan }, signal) {
      const current = await state();
      assertNoDrift(plan, current);
      refuseDrift(plan, planDriftOf(plan, await planRequest(options, current, request, plan.createdAt), current));
      return deploy(plan, signal);
    },

    planSnapshotRollback: planBack,
    async rollbackToSnapshots(choice, signal) {
      const { release: id, instances } = await planBack(choice);
      const release = await releases.read(id);
      assertTrusted(release, signers);
      const restored: RestoreReport[] = [];
      for (const { instance, snapshot } of instances) {
        restored.push(await alone(`rollback of ${instance}`, (current) => restoreTo(withRelease(current, instance, release), instance, snapshot, signal)));
      }
      return { restored, deployment: await carryOut(await planFor({ way: 'rollback', to: id }, signal), undefined, signal) };
    },
  };
}
