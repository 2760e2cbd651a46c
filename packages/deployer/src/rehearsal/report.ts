import type { ProcessId, Slot } from '@beamline/core';
import type { InstanceId } from '../instance.ts';

/**
 * `state`: a cell, row or counter of the world; `reply`: what a message was answered; `outbox`: what it sent; `error`: what
 * failed in one release and not, or otherwise, in the other; `cost`: more instructions than allowed.
 */
export type DifferenceKind = 'state' | 'reply' | 'outbox' | 'error' | 'cost';

/** A difference between two releases that is meant to be, in words of `Difference`. */
export interface AllowedDifference {
  kind: DifferenceKind;
  /** The place, or the beginning of it up to a dot: `Player` allows `Player.armour` too. @default every place */
  at?: string;
  /** @default every role */
  role?: string;
}

/** Texts are shortened. An absent side had nothing there. */
export interface DifferenceExample {
  /** Of the real schedule: the message, or the last one before the look at the state. */
  slot: Slot;
  /** Whose cell or row. */
  entity?: number;
  old?: string;
  new?: string;
}

/** One place at which the two releases differ. */
export interface Difference {
  kind: DifferenceKind;
  /**
   * `state`: `Component.field`, or `Component.$row` where only one side has the row; the kernel's tables begin with `$`.
   * `reply`, `outbox`: the action, then where in the answer or in the message sent: `Look.data.gold`, `Buy.Notify.price`.
   * `error`: the action or system, then the code: `Move.kernel/arithmetic`. `cost`: the action or system.
   */
  at: string;
  /** Messages; of `state`, cells or rows at the last look that found any. */
  count: number;
  /** The first few. */
  examples: readonly DifferenceExample[];
  /** Of an error of the new release: where in its sources, `src/move.ts:7`. */
  source?: string;
  allowed: boolean;
}

/** Instructions of Lua, in the mean; what one release has not is absent. */
export interface CostPair {
  name: string;
  old?: number;
  new?: number;
}

export interface RehearsalCost {
  /** Messages that were counted, of each action some. */
  counted: number;
  /** Of a message, everything included. */
  message: CostPair;
  /** Of a message, in each system. */
  systems: readonly CostPair[];
  /** Of a message of each action, systems left out. */
  actions: readonly CostPair[];
}

/** What deterministic chaos did to the schedule. */
export interface ChaosCounts {
  reordered: number;
  delayed: number;
  duplicated: number;
  /** Times the new release's process was thrown away and came back from a snapshot. */
  killed: number;
}

export interface RehearsedInstance {
  instance: InstanceId;
  role: string;
  process: ProcessId;
  /** The state that both releases began with was the one after this slot. */
  from: Slot;
  /** The last slot that both went through. */
  to: Slot;
  messages: number;
  /** Why these are fewer than asked for. */
  short?: string;
  /** Slots after which the two worlds were compared. */
  looks: readonly Slot[];
  /** Most important first, at most 100. */
  differences: readonly Difference[];
  /** Differences at further places. They count as not allowed. */
  more: number;
  cost: RehearsalCost;
  chaos?: ChaosCounts;
}

/** What smoke tests said of the new release on a fork. */
export interface ForkReport {
  /** Instances that ran there. */
  instances: readonly InstanceId[];
  problems: readonly string[];
}

/** What came of a rehearsal: the same for the same schedule, releases and seed. Plain JSON. */
export interface RehearsalReport {
  version: 1;
  /** Of the plan that was rehearsed. */
  plan: string;
  /** `failed`: something differs that is not on the allow-list, or a smoke test complained. */
  outcome: 'passed' | 'failed';
  /** Asked for, of each instance. */
  messages: number;
  /** Seed of the chaos; absent without. */
  chaos?: number;
  instances: readonly RehearsedInstance[];
  /** Changed instances that nothing ran in before. */
  skipped: readonly InstanceId[];
  fork?: ForkReport;
}
