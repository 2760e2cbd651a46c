import type { Id, ProcessId } from '@beamline/core';
import type { Layout } from '@beamline/ecs';
import type { ChangeVerdict, DataVerdict, LayoutDifference, Migration } from '@beamline/persistence';
import type { BrokenMessage } from './broken-messages.ts';
import type { InstanceId } from './instance.ts';
import type { RehearsalReport } from './rehearsal/report.ts';

/** An instance that gets a new process, or new code in the one it has. */
export interface Change {
  instance: InstanceId;
  role: string;
  shard: number;
  /** `replace`: `blue` serves now and hands over. `upgrade`: `blue` gets the new code and stays. `create`: nobody serves. */
  kind: 'create' | 'replace' | 'upgrade';
  blue?: ProcessId;
  /** Predecessors of blue that still forward: they are re-pointed to green. */
  forwarders: readonly ProcessId[];
  alias: string;
  /** Release and bundle green runs. */
  release: string;
  /** SHA-256 of the Lua source. */
  bundle: string;
  /** Green's layout and its hash. */
  layout: Layout;
  layoutHash: string;
  /** From blue's layout to green's, in order. Empty when the layout stays. */
  migrations: readonly Migration[];
  /** Dependency level; 0 depends on nobody. */
  level: number;
}

/**
 * What happens to the layout of an instance. `steps`: one sentence per migration. `needs`: what the two layouts alone ask
 * for. `changes`: what differs, place by place.
 */
export type PlannedLayout =
  | { verdict: 'new' | 'same' }
  | { verdict: 'migrated'; steps: readonly string[]; reversible: boolean; needs: ChangeVerdict; changes: readonly LayoutDifference[] };

/** One line of the plan per role and shard, changed or not. */
export interface PlannedInstance {
  instance: InstanceId;
  action: Change['kind'] | 'unchanged';
  role: string;
  shard: number;
  alias: string;
  /** What serves now. */
  process?: ProcessId;
  layout: PlannedLayout;
  /** What clients of before would not understand; absent when they would. */
  breaksClients?: readonly string[];
  /** What the migration does to the data that is there now; absent when nobody looked. One that doesn't fit is not carried out. */
  data?: DataVerdict;
  /** Why it changes, or why it need not. */
  because: string;
}

/** `on` knows `to` as `name`: sends to it by that name and trusts its messages. */
export interface Link {
  on: InstanceId;
  name: string;
  to: InstanceId;
}

/**
 * The batches of a rolling deployment or a canary, one after the other. `by`: what moves each. `maxUnavailable`: a batch
 * begins only while fewer instances than that are unwell.
 */
export interface Rollout {
  by: 'blue-green' | 'in-place';
  maxUnavailable: number;
  batches: readonly Batch[];
}

/** `bakeMs`: how long it is watched; absent: as long as the runner says. `approve`: a person promotes it. */
export interface Batch {
  instances: readonly InstanceId[];
  bakeMs?: number;
  approve?: boolean;
}

/** The way back once the new release serves; `impossible` says why there is none. */
export type ReverseCourse = { changes: readonly Change[] } | { impossible: string };

/**
 * What a deployment will do: plain data, saved as JSON, reviewed, applied later, by another process if need be, as long
 * as the environment has not drifted from `basis`.
 */
export interface DeploymentPlan {
  version: 1;
  id: string;
  game: string;
  environment: string;
  /** Absent when nothing runs yet. */
  from?: string;
  to: string;
  /** The game's own version, for people. */
  toVersion: string;
  createdAt: number;
  strategy: string;
  /** Of strategies that go in batches. */
  rollout?: Rollout;
  instances: readonly PlannedInstance[];
  changes: readonly Change[];
  reverse: ReverseCourse;
  /** Who knows whom in this environment. The ones that touch a changed instance are set. */
  links: readonly Link[];
  /** What the plan was made for: anything else is drift. `module`: what the bundle was published as, once it was. */
  basis: Readonly<Record<InstanceId, { process: ProcessId; bundle: string; layoutHash: string; module?: Id }>>;
  /** For people, in order. */
  steps: readonly string[];
  /** What roles would not understand of each other during the change, or from then on; absent when nothing, or nobody knows. */
  brokenMessages?: readonly BrokenMessage[];
  /** Signed messages sent by the plan, not counting state pages and forwards. */
  expectedMessages: number;
  /** What came of taking the real schedule through both releases; absent when nobody did. */
  rehearsal?: RehearsalReport;
  /** Estimate of how long writes wait, milliseconds: messages within the fence × the network's time per message. */
  expectedPauseMs: number;
}
