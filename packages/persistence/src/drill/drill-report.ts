import type { FaultCode, ProcessId, Slot } from '@beamline/core';

/** What came of restoring one snapshot for practice. Only a `good` one has been proved to bring the world back. */
export type DrillReport = DrillFacts & ({ outcome: 'good' } | { outcome: 'bad'; code: FaultCode; message: string });

export interface DrillFacts {
  version: 1;
  /** `<process>@<slot>:<sha256>` */
  ref: string;
  process: ProcessId;
  /** Name of the store it was read from, where there are several. */
  store?: string;
  /** Of the snapshot. */
  slot: Slot;
  /** The schedule was replayed up to here: where the running process stood when it was compared. */
  upTo: Slot;
  /** Milliseconds since 1970, at the end. */
  at: number;
  /** Root of the world that came back; absent when it did not. */
  root?: string;
  /** Messages applied after the snapshot. */
  replayed: number;
  /** To read the snapshot, check every page, and restore it. */
  loadMs: number;
  /** To apply the messages. */
  replayMs: number;
  /** From nothing to the state of the running process: making the process, loading, replaying. */
  recoveryMs: number;
}
