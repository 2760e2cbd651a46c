import { hash } from 'node:crypto';
import { Fault, type AoMap, type AoValue, type Slot } from '@beamline/core';
import type { Cost } from './instruction-meter.ts';
import { addCosts } from './instruction-meter.ts';
import type { Applied, Failed, Vm } from './vm.ts';

/** One entry of a schedule; `Assignment` of an `AoNetwork` is one. */
export interface ReplayEntry {
  slot: Slot;
  /** Milliseconds since 1970. */
  timestamp: number;
  /** What `compute` receives. */
  req: AoMap;
}

export interface ReplayOptions {
  /** Slots after which to look at the state. Each look costs an image of the memory: a few milliseconds. @default none */
  rootAt?: Iterable<Slot>;
  /** The request that makes the program show its state, a kernel's snapshot for one. Whatever it does is undone. */
  look?(after: ReplayEntry): AoMap;
  signal?: AbortSignal;
}

export interface Root {
  slot: Slot;
  /** SHA-256 of the canonical JSON of `results`, base64url: equal where the states shown are equal. */
  root: string;
  /** What the look answered. */
  results: AoMap;
}

export interface Replayed {
  /** The last slot applied; the one before the first given when none was. */
  slot: Slot;
  applied: number;
  /** Inside Lua and on its doorstep. */
  ms: number;
  /** Of a metered VM only. */
  cost?: Cost;
  roots: Root[];
  /** Why the slot after `slot` was not applied: a process that a node ran would be bricked there. */
  failure?: Failed;
}

/** Entries that cross to the worker together; while they run, the next are read and encoded. */
const BATCH = 256;

/**
 * Feeds a schedule to a VM, in slot order and without gaps, of any length: only two batches are in memory at a time.
 * The VM is left in the state after the last slot and can be fed what follows.
 * @throws Fault `vm/schedule-gap`, `vm/look-failed`, and what the schedule throws
 */
export async function replay(
  vm: Pick<Vm, 'apply' | 'peek'>, schedule: Iterable<ReplayEntry> | AsyncIterable<ReplayEntry>, { rootAt = [], look, signal }: ReplayOptions = {},
): Promise<Replayed> {
  const stops = new Set(rootAt);
  if (stops.size > 0 && look === undefined) {
    throw new Fault('vm/bad-option', 'rootAt needs look, the request that makes the program show its state', { hint: 'See ReplayOptions.' });
  }
  const done: Replayed = { slot: -1, applied: 0, ms: 0, roots: [] };
  let next: Slot | undefined;
  let batch: ReplayEntry[] = [];
  let applied: Promise<Applied> | undefined;
  let running: Promise<void> = Promise.resolve();

  async function run(entries: readonly ReplayEntry[], outcome: Promise<Applied>): Promise<void> {
    const result = await outcome;
    done.applied += result.applied;
    done.ms += result.ms;
    if (result.cost !== undefined) done.cost = addCosts(done.cost, result.cost);
    const last = entries[result.applied - 1];
    if (last !== undefined) done.slot = last.slot;
    if (result.failure !== undefined) done.failure = result.failure;
    else if (last !== undefined && stops.has(last.slot)) done.roots.push(await rootAfter(vm, last, look!(last)));
  }

  /** Encodes the batch while the one before it runs. */
  async function flush(): Promise<void> {
    const [entries, previous] = [batch, running];
    batch = [];
    if (entries.length === 0) return previous;
    applied = vm.apply(entries.map(({ req }) => req), applied);
    running = run(entries, applied);
    running.catch(() => undefined);
    await previous;
    // The next batch must not come before the look.
    if (stops.has(entries.at(-1)!.slot)) await running;
  }

  for await (const entry of schedule) {
    signal?.throwIfAborted();
    if (next === undefined) done.slot = entry.slot - 1;
    else if (entry.slot !== next) {
      throw new Fault('vm/schedule-gap', `the schedule goes on with slot ${entry.slot}, not ${next}`, { details: { expected: next, found: entry.slot } });
    }
    next = entry.slot + 1;
    batch.push(entry);
    if (batch.length === BATCH || stops.has(entry.slot)) await flush();
    if (done.failure !== undefined) break;
  }
  if (done.failure === undefined) await flush();
  await running;
  return done;
}

async function rootAfter(vm: Pick<Vm, 'peek'>, { slot }: ReplayEntry, request: AoMap): Promise<Root> {
  const shown = await vm.peek(request);
  if (!shown.ok) {
    throw new Fault('vm/look-failed', `the look after slot ${slot} failed: ${shown.message}`, {
      hint: 'The request must be one that the program answers.', details: { slot, reason: shown.reason },
    });
  }
  const results = shown.results ?? {};
  return { slot, root: hash('sha256', canonical(results), 'base64url'), results };
}

function canonical(value: AoValue): string {
  return JSON.stringify(value, (_, part: AoValue) =>
    (typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part));
}
