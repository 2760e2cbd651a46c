import type { AoNetwork, Clock, ProcessId } from '@beamline/core';
import type { SnapshotStore } from '@beamline/persistence';
import { assertBundle } from '../perform/preflight.ts';
import type { EnvironmentState } from '../environment-state.ts';
import type { Change, DeploymentPlan } from '../plan.ts';
import { judge, type RehearsalPolicy } from './allow-list.ts';
import { rehearseInstance } from './rehearse-instance.ts';
import type { RehearsalBundles } from './release-code.ts';
import type { ForkReport, RehearsalReport, RehearsedInstance } from './report.ts';

export interface RehearseOptions {
  /** Is read from, and nothing else. */
  network: Pick<AoNetwork, 'schedule'>;
  store: SnapshotStore;
  clock: Clock;
  bundles: RehearsalBundles;
  /** What runs now. */
  state: EnvironmentState;
  plan: DeploymentPlan;
  /** Of each instance, its newest so many. @default 5000 */
  messages?: number;
  /** Seed of deterministic chaos: messages come in another order, late, twice; the new release is killed and restored. @default none */
  chaos?: number;
  policy?: RehearsalPolicy;
  /** Smoke tests on a fork, after the schedules. @default none */
  fork?: (signal?: AbortSignal) => Promise<ForkReport>;
  /** Hears of each instance when it is through. */
  onInstance?: (rehearsed: RehearsedInstance) => void;
}

export interface Rehearsed {
  report: RehearsalReport;
  /** In which the schedules went through both releases, looks at the worlds included. */
  ms: number;
  /** Messages of the schedule a second, each through both releases. */
  perSecond: number;
}

/**
 * Takes the real schedule of each changed instance through the release that runs and the one that is planned, side by side
 * and off the network, and compares what every message came to, and the worlds on the way and at the end. Changes nothing;
 * the same schedule, releases and seed give the same report.
 * @throws Fault `deployer/bundle-mismatch`, `deployer/no-schedule`, `vm/…` when the new release does not load; the store's
 * and the network's
 */
export async function rehearse(
  { plan, state, messages = 5_000, chaos, policy = {}, fork, onInstance = () => undefined, ...parts }: RehearseOptions, signal?: AbortSignal,
): Promise<Rehearsed> {
  const changes = plan.changes.filter((change): change is Change & { blue: ProcessId } => change.blue !== undefined);
  for (const { role, release, bundle } of changes) assertBundle(await parts.bundles.lua(release, role), bundle, role);
  const instances: RehearsedInstance[] = [];
  let ms = 0;
  for (const change of changes) {
    const runs = state.instances[change.instance]?.release ?? plan.from ?? '';
    const done = await rehearseInstance({ ...parts, change, runs, messages, chaos }, signal);
    instances.push(done.report);
    ms += done.ms;
    onInstance(done.report);
  }
  const forked = await fork?.(signal);
  const total = instances.reduce((sum, one) => sum + one.messages, 0);
  return {
    ms,
    perSecond: ms === 0 ? 0 : (total / ms) * 1_000,
    report: judge({
      version: 1, plan: plan.id, outcome: 'failed', messages, ...(chaos === undefined ? {} : { chaos }), instances,
      skipped: plan.changes.filter(({ blue }) => blue === undefined).map(({ instance }) => instance), ...(forked === undefined ? {} : { fork: forked }),
    }, policy),
  };
}
