import { Fault, type AoMap, type Assignment, type Output, type ProcessId, type Slot } from '@beamline/core';
import type { Compute } from '../hosts/raw.ts';

export interface Entry {
  message: string;
  committer: string;
  timestamp: number;
  request(slot: Slot): AoMap;
}

/** A process of the memory network: its schedule, its state, and the results of every slot. */
export interface MemoryProcess {
  readonly assignments: readonly Assignment[];
  readonly base: AoMap;
  /** Set it to stop computing, as an uncaught error does on a node. */
  bricked: boolean;
  /** Schedules and computes. */
  append(entry: Entry): Slot;
  slotOf(message: string): Slot | undefined;
  result(slot: Slot): Output;
  resultText(slot: Slot, path: string): string;
  outbox(slot: Slot): AoMap[];
  slots(): { scheduled: Slot; computed: Slot };
}

export function createMemoryProcess(id: ProcessId, compute: Compute): MemoryProcess {
  const assignments: Assignment[] = [];
  const results: AoMap[] = [];
  const base: AoMap = {};

  const resultsAt = (slot: Slot): AoMap => {
    const found = results[slot];
    if (found === undefined) throw new Fault('ao/not-computed', `${id} has not computed slot ${slot}`, { details: { slot } });
    return found;
  };

  return {
    assignments,
    base,
    bricked: false,
    append({ message, committer, timestamp, request }) {
      const slot = assignments.length;
      const req = request(slot);
      assignments.push({ process: id, slot, timestamp, message, committer, req });
      if (!this.bricked) results[slot] = compute(base, structuredClone(req))['results'] as AoMap;
      return slot;
    },
    slotOf: (message) => assignments.find((assignment) => assignment.message === message)?.slot,
    result: (slot) => resultsAt(slot)['output'] as Output,
    resultText: (slot, path) => path.split('/').reduce<unknown>((at, key) => (at as AoMap)[key], resultsAt(slot)) as string,
    // By name, as a node does.
    outbox: (slot) => Object.entries((results[slot]?.['outbox'] ?? {}) as Record<string, AoMap>).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry),
    slots: () => ({ scheduled: assignments.length - 1, computed: results.length - 1 }),
  };
}
