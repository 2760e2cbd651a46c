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
  /** Grows when a course is tried again, so that its processes are new ones. */
  attempt: number;
  /** Which batch of a rollout it moves, from 1 on. */
  batch?: number;
  /** How long its processes are watched after the smoke tests; absent: as long as the runner says. */
  bakeMs?: number;
  /** What its blues had done when it began. */
  observed?: Observations;
  /** What they did until they were about to hand over: the measure for what comes after. */
  before?: Readonly<Record<InstanceId, Span>>;
  /** Its processes are those of before, which take back what they had handed over. */
  reclaims?: true;
  /** Of a course that reclaims: who forwards to its processes. */
  forwarders?: Forwarders;
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

/** A process's counters at one moment: what came after is compared with what was before. */
export interface Observation {
  /** Milliseconds since 1970, by the runner's clock. */
  at: number;
  applied: number;
  refused: number;
  errors: number;
  entities: number;
  /** What the conditions' own measurements said, by name. */
  measured: Readonly<Record<string, number>>;
}
export type Observations = Readonly<Record<InstanceId, Observation>>;

/** What a process did between two moments. */
export interface Span {
  from: Observation;
  to: Observation;
}

/** Predecessors that still forward to an instance's new process, oldest first. */
export type Forwarders = Readonly<Record<InstanceId, readonly ProcessId[]>>;

/** One way through a course, as far as it was gone. */
export interface Pass {
  course: Course;
  /** Who serves its instances: `green` once the course's processes, or its code, do. */
  serving: 'blue' | 'green';
  cut?: CutOver;
  forwarders?: Forwarders;
}

/** Everything measured between the first fence and the end. */
export interface CutOver {
  /** Where blues froze. */
  fences: Slots;
  /** Root of what green itself answered, read back before it applied anything, against what blue had at the fence. */
  roots: Comparisons;
  /** Where greens became active. */
  activations: Slots;
  passages: Passages;
  /** Of processes upgraded in place, at the moment of their new code. */
  baselines?: Observations;
}
