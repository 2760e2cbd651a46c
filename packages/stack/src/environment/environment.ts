import type { TracedError } from '@beamline/bundler/verify';
import type { AoNetwork, ProcessId } from '@beamline/core';
import type { DeploymentPlan, DeploymentReport, EnvironmentState, InstanceId, OperatorRequest, PlanRequest, SavedPlan } from '@beamline/deployer';
import type { Rehearsed } from '@beamline/deployer/rehearsal';
import type { Operator } from '@beamline/kernel/operator';
import type { SnapshotStore } from '@beamline/persistence';
import type { Deployments } from '../deployments/deployments.ts';
import type { Anchors } from '../anchor/anchors.ts';
import type { Drilled } from '../protection/protection.ts';
import type { ProcessVerdict } from '../integrity/verify-process.ts';
import type { RecoveryStatus } from '../protection/recovery-status.ts';
import type { StrategyName } from '../config.ts';
import type { RehearsalChoice } from '../rehearsal/rehearsals.ts';
import type { RatePoint, StatusReport } from '../status.ts';
import type { Timeline } from '../timeline/timeline.ts';
import type { Worlds } from '../worlds/worlds.ts';
import type { ReleaseSizes } from './release-sizes.ts';
import type { RestoreReport } from './restore-instance.ts';
import type { RecordSelection } from './record-messages.ts';
import type { SnapshotRollback, SnapshotRollbackReport } from './snapshot-rollback.ts';
import type { SnapshotTaken } from './take-snapshots.ts';

/** What an environment works with, for those who want to go further than its methods. */
export interface EnvironmentParts {
  network: AoNetwork;
  /** The node's address, `http://…`. */
  url: string;
  /** Speaks to processes as their owner. */
  operator: Operator;
  store: SnapshotStore;
  /** Of the local network's process, to kill it in a drill; absent for networks elsewhere. */
  networkPid(): number | undefined;
}

export interface PlanChoice {
  /** @default the config's */
  strategy?: StrategyName;
}

export interface SnapshotChoice {
  /** As `<process>@<slot>:<sha256>`, one per instance. */
  snapshots: readonly string[];
  /** Release to go back to. @default the newest before that reads them */
  to?: string;
}

export interface RollbackChoice extends PlanChoice {
  /** Release to go back to, of those that ran before. @default the one before */
  to?: string;
  /** Code alone, in place; refused where the layout has changed. */
  codeOnly?: boolean;
}

export interface SnapshotSelection {
  /** All instances of this role. */
  role?: string;
  /** This one. */
  instance?: InstanceId;
}

/**
 * One environment of the config. Nothing is connected or started before a method needs it. Long operations take the
 * environment's lock, so that programs on the same state take turns (`deployer/locked`), and tell `events` what they do.
 */
export interface Environment {
  readonly name: string;
  readonly events: Timeline;
  /** What is in the worlds, now and then. */
  readonly worlds: Worlds;
  parts(): Promise<EnvironmentParts>;
  /** What runs, as the deployer keeps it. */
  state(): Promise<EnvironmentState>;
  /** What deploying a release would do, and what its migrations do to the data that is there. Changes nothing. */
  plan(release: string, options?: PlanChoice, signal?: AbortSignal): Promise<DeploymentPlan>;
  planRollback(options?: RollbackChoice, signal?: AbortSignal): Promise<DeploymentPlan>;
  /** What going back to snapshots would do, giving up what happened since. Changes nothing. */
  planSnapshotRollback(choice: SnapshotChoice): Promise<SnapshotRollback>;
  /**
   * Puts instances back as they were in snapshots, with the release that reads them; the other roles follow by their
   * reverse migrations, keeping their state. Interrupted, it is repeated from the start, as `restore` is.
   */
  rollbackToSnapshots(choice: SnapshotChoice, signal?: AbortSignal): Promise<SnapshotRollbackReport>;
  /** The same for what a saved plan was made for. */
  planFor(request: PlanRequest, signal?: AbortSignal): Promise<DeploymentPlan>;
  /**
   * Carries out a plan that was saved, here or elsewhere, if the same request would still be planned the same way.
   * @throws Fault `deployer/drifted`, `bundler/missing-release`, those of `plan` and `deploy`; then nothing was done
   */
  apply(saved: SavedPlan, signal?: AbortSignal): Promise<DeploymentReport>;
  /**
   * Takes the real schedule of each changed instance through what runs and what is planned, off the network, and compares;
   * runs the config's smoke tests on a throw-away network. Changes nothing. `{ ...plan, rehearsal: report }` spares `deploy`
   * another one.
   */
  rehearse(plan: DeploymentPlan, choice?: RehearsalChoice, signal?: AbortSignal): Promise<Rehearsed>;
  /** Carries out a plan, after a rehearsal where the config asks for it (`deployer/rehearsal-failed`). @throws Fault `deployer/…` when nothing was done or the deployment waits to be resumed */
  deploy(plan: DeploymentPlan, signal?: AbortSignal): Promise<DeploymentReport>;
  /** Carries out a plan as `deploy` does, and does not watch the new code afterwards: for whoever sits before it. */
  swap(plan: DeploymentPlan, signal?: AbortSignal): Promise<DeploymentReport>;
  /** Leaves word for whoever carries out the deployment under way, now or later. @returns its id. @throws Fault `stack/nothing-to-ask` */
  ask(ask: OperatorRequest['ask'], options: { by: string; reason?: string }): Promise<string>;
  /** What was deployed, what is under way, and what to do about it. */
  readonly deployments: Deployments;
  /** Finishes the deployment that was interrupted. @throws Fault `stack/nothing-to-resume` */
  resume(signal?: AbortSignal): Promise<DeploymentReport>;
  /** Looks at every instance now. Messages per second need an earlier look. */
  status(): Promise<StatusReport>;
  /** What the bundles that run consist of, beside those of the release before. `undefined` before the first deployment. */
  bundleSizes(): Promise<ReleaseSizes | undefined>;
  /** What earlier looks saw, oldest first. */
  rates(): readonly RatePoint[];
  prometheusText(): Promise<string>;
  /** @default every instance */
  snapshot(selection?: SnapshotSelection, signal?: AbortSignal): Promise<readonly SnapshotTaken[]>;
  /** Recovers a lost instance; with `snapshot` (as `<process>@<slot>:<sha256>`) takes it back to that state. */
  restore(instance: InstanceId, options?: { snapshot?: string }, signal?: AbortSignal): Promise<RestoreReport>;
  /** What drills have proved, how often snapshots are due, and what is wrong. Needs `recovery` in the config, or takes 30 s as asked for. */
  recovery(signal?: AbortSignal): Promise<readonly RecoveryStatus[]>;
  /**
   * Restores the newest snapshot of an instance for practice. The instance is not disturbed. `from`: the backup store to
   * read from, or `local`. @default the one that was drilled least recently
   */
  drill(instance: InstanceId, options?: { from?: string }, signal?: AbortSignal): Promise<Drilled>;
  /**
   * Takes snapshots when they are due, backs them up, proves them, and prunes the backup stores as often as `backup.keep`
   * has something to drop, until aborted. Nothing to do without `recovery` in the config.
   */
  protect(signal: AbortSignal): Promise<void>;
  /** Looks after the newest release while it is on probation, until aborted. Nothing to do without `probation` in the config. */
  lookAfter(signal: AbortSignal): Promise<void>;
  /** Roots on Arweave, and proofs against them. Nothing is opened before a method needs it. */
  readonly anchors: Anchors;
  /**
   * Compares what a process runs with a release. `release`: its id or the beginning of it, or its folder. @default the
   * release of the environment. @throws Fault `stack/no-release`, `stack/unknown-release`, and those of `verifyProcess`
   */
  verifyProcess(process: ProcessId, options?: { release?: string; cwd?: string }, signal?: AbortSignal): Promise<ProcessVerdict>;
  /**
   * Where the last error that an instance's process counted came from, in the sources; up to `slot`. Computes the schedule
   * again, off the network. @throws Fault `stack/unknown-instance`, `bundler/missing-release`
   */
  explain(instance: InstanceId, options?: { slot?: number }, signal?: AbortSignal): Promise<TracedError | undefined>;
  /** What processes received, slot by slot from 0, a line of a file of messages each: what `bundle` verifies with. @default of every instance */
  record(selection?: RecordSelection, signal?: AbortSignal): AsyncIterable<string>;
  /** The process an alias of this environment names now. */
  resolve(instance: InstanceId): Promise<ProcessId | undefined>;
  /** Ends what was started here. */
  close(): Promise<void>;
}
