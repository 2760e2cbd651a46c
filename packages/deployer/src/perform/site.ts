import type { AoNetwork, Clock, ProcessId, Signer, Slot } from '@beamline/core';
import type { Operator, SnapshotReply } from '@beamline/kernel/operator';
import type { Course, Observation } from '../course.ts';
import type { EnvironmentState } from '../environment-state.ts';
import type { InstanceId } from '../instance.ts';
import type { ItemLedger } from '../item-ledger.ts';
import type { DeploymentPlan } from '../plan.ts';
import type { OperatorRequest } from '../requests.ts';
import type { RunnerOptions } from '../runner-options.ts';
import type { KnownWorld } from './known-world.ts';

export type Settings = Required<Pick<RunnerOptions, 'analysis' | 'bakeMs' | 'bakePollMs' | 'quietMs' | 'seedOf' | 'checks' | 'smoke'>>;

/** What commands are performed with. One per run of a deployment; nothing in it has to survive a crash. */
export interface Site {
  readonly plan: DeploymentPlan;
  /** As it is stored now: of a rollout's earlier batches, what they moved to. */
  readonly environment: EnvironmentState;
  readonly settings: Settings;
  readonly network: AoNetwork;
  /** For what changes nothing: health and snapshots. What it signs is in no journal. */
  readonly reader: Operator;
  readonly signer: Signer;
  /** The node's operator. */
  readonly nodeSigner: Signer;
  readonly bundles: RunnerOptions['bundles'];
  readonly clock: Clock;
  readonly ledger: ItemLedger;
  /** State of processes as last read or written, by process. Lost in a crash, and read again. */
  readonly worlds: Map<ProcessId, KnownWorld>;
  /** Greens as they answered between activation and hand-over: later they hold more. By process. */
  readonly readBacks: Map<ProcessId, SnapshotReply>;
  /** New processes without a predecessor, as they were first looked at. */
  readonly firstSeen: Map<ProcessId, Observation>;
  /** What people have asked of this deployment so far. */
  requests(): Promise<readonly OperatorRequest[]>;
  /** How far blues' logs have been compared with their greens', by blue. */
  readonly compared: Map<ProcessId, { blue: Slot; green: Slot }>;
  /** Signs and sends for one purpose; what it signs is in the journal before it is sent. */
  desk(course: Course, purpose: string): Desk;
  /**
   * The same for a sequence that is right only as a whole, and harmless when repeated as a whole: a restore. Nothing of
   * an earlier attempt is taken for done.
   */
  freshDesk(course: Course, purpose: string): Desk;
  say(course: Course, step: string, instance: InstanceId, state: 'started' | 'progress' | 'done', detail?: string): void;
}

export interface Desk {
  readonly network: AoNetwork;
  readonly operator: Operator;
}

/** Begins the keys of all items of a purpose: `forward.1/fence/world-0`, in batches `2.forward.1/…`. */
export const scopeOf = ({ batch, direction, attempt }: Course, purpose: string): string =>
  `${batch === undefined ? '' : `${batch}.`}${direction}.${attempt}/${purpose}`;

/** The process that serves an instance until the course is through. */
export const processBefore = ({ environment }: Site, course: Course, instance: InstanceId): ProcessId | undefined =>
  course.changes.find((change) => change.instance === instance)?.blue ?? environment.instances[instance]?.process;

/** The process that will serve it then. */
export const processAfter = ({ environment }: Site, course: Course, instance: InstanceId): ProcessId | undefined =>
  course.greens[instance] ?? environment.instances[instance]?.process;
