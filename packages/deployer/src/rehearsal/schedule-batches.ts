import type { AoNetwork, ProcessId, Slot } from '@beamline/core';
import { disturbed } from './chaos.ts';
import { entryOf, type Entry } from './entry.ts';
import type { ChaosCounts } from './report.ts';

/** Messages that cross to the two programs together. */
const BATCH = 256;

export interface Batch {
  entries: readonly Entry[];
  /** Messages up to the end of this batch. */
  count: number;
}

export interface ScheduleSelection {
  network: Pick<AoNetwork, 'schedule'>;
  process: ProcessId;
  /** Inclusive. */
  from: Slot;
  to: Slot;
  /** Seed, and what was done. */
  chaos?: { seed: number; counts: Omit<ChaosCounts, 'killed'> };
  /** After how many messages a batch ends, besides when it is full. */
  endsAt: ReadonlySet<number>;
}

/** The real schedule, in order, or disturbed; never more than a few hundred messages of it in memory. */
export async function* scheduleBatches({ chaos, endsAt, ...range }: ScheduleSelection, signal?: AbortSignal): AsyncGenerator<Batch> {
  let entries: Entry[] = [];
  let count = 0;
  const plain = read(range, signal);
  for await (const entry of chaos === undefined ? plain : disturbed(plain, chaos.seed, chaos.counts)) {
    entries.push(entry);
    count += 1;
    if (entries.length < BATCH && !endsAt.has(count)) continue;
    yield { entries, count };
    entries = [];
  }
  if (entries.length > 0) yield { entries, count };
}

async function* read({ network, process, from, to }: Omit<ScheduleSelection, 'chaos' | 'endsAt'>, signal?: AbortSignal): AsyncGenerator<Entry> {
  if (from > to) return;
  for await (const assignment of network.schedule(process, { from, to }, signal)) yield entryOf(assignment);
}
