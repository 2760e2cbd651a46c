import type { Id, ProcessId, Slot } from '@beamline/core';
import type { InstanceId } from './instance.ts';
import type { Change } from './plan.ts';

/** `reverse`: back to the previous release after the new one failed its smoke tests. */
export type Direction = 'forward' | 'reverse';

/** One pass through the strategy: what it moves, and where from. Plain data. */
export interface Course {
  direction: Direction;
  /** Every instance that gets a new process or new code, dependencies first. */
  changes: readonly Change[];
  /** Module ids by bundle hash, once published. */
  modules: Readonly<Record<string, Id>>;
  /** Processes that serve at its end, by instance. New ones are known before they are spawned, for items are signed first. */
  greens: Greens;
  /** Grows when a reverse course is tried again, so that its processes are new ones. */
  attempt: number;
  /** Why a reverse course was taken. */
  because?: string;
  /** Processes to retire that nothing replaces: instances the failed release had added. */
  removals?: Greens;
}

export type Greens = Readonly<Record<InstanceId, ProcessId>>;

/** Changes that end in a new process. */
export const isSpawned = ({ kind }: Pick<Change, 'kind'>): boolean => kind !== 'upgrade';

/** A slot per instance. */
export type Slots = Readonly<Record<InstanceId, Slot>>;

/** State compared: blue's at the fence, migrated, and green's. Digests as kept inside, or hex SHA-256 roots. */
export interface Comparison {
  expected: string;
  green: string;
}
export type Comparisons = Readonly<Record<InstanceId, Comparison>>;

/** Instances whose two sides differ. */
export const differing = (compared: Comparisons): InstanceId[] =>
  Object.keys(compared).filter((instance) => compared[instance]!.expected !== compared[instance]!.green);

/** What the cut-over cost one instance. Times are timestamps the scheduler gave, milliseconds since 1970. */
export interface Passage {
  /** Of the slot at which blue froze; of green's activation when there was no blue. */
  fencedAt: number;
  activeAt: number;
  /** Of the last held message's arrival at green. */
  deliveredAt: number;
  /** Messages that arrived while nobody could write. */
  held: number;
  redelivered: number;
}
export type Passages = Readonly<Record<InstanceId, Passage>>;

/** What a process had done when its code was replaced: what it does from then on is compared with it. */
export type Baselines = Readonly<Record<InstanceId, { applied: number; errors: number }>>;

/** Predecessors that still forward to an instance's new process, oldest first. */
export type Forwarders = Readonly<Record<InstanceId, readonly ProcessId[]>>;

/** Everything measured between the first fence and the end. */
export interface CutOver {
  /** Where blues froze. */
  fences: Slots;
  /** Root of what green itself answered, read back before it applied anything, against what blue had at the fence. */
  roots: Comparisons;
  /** Where greens became active. */
  activations: Slots;
  passages: Passages;
  /** Of processes upgraded in place. */
  baselines?: Baselines;
}
