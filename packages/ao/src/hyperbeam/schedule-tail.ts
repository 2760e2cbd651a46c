import type { MessageId, ProcessId, Slot } from '@beamline/core';
import { readAround } from './read-around.ts';
import type { Reader } from './reader.ts';

/** The newest part of a schedule, as far as this client has read it: every slot from `start` to `end`. */
export interface Tail {
  start: Slot;
  /** One before `start` when nothing was read. */
  end: Slot;
  slots: Map<MessageId, Slot>;
  /** When the oldest slot of it was scheduled, in milliseconds. */
  oldestAt: number;
  /** Slots that could not be read. */
  unreadable: Set<Slot>;
}

export interface ScheduleTails {
  /**
   * Reads what is new, beginning after this call. Those who ask while others wait share one reading: a hundred messages
   * whose answers are lost need one look, not a hundred.
   * @param from where reading begins when nothing was read before, unless that is long ago.
   * @throws Fault of the reader
   */
  catchUp(process: ProcessId, from: Slot, signal?: AbortSignal): Promise<Tail>;
}

const FIRST_SLOTS = 20;
const PAGE_SLOTS = 200;
/** Further behind, it begins anew at the end. */
const LONGEST_CATCH_UP = 1_000;
const MAX_SLOTS = 10_000;
const MAX_TAILS = 64;

export function createScheduleTails(reader: Reader): ScheduleTails {
  const tails = new Map<ProcessId, Tail>();
  const reading = new Map<ProcessId, Promise<Tail>>();
  const waiting = new Map<ProcessId, Promise<Tail>>();

  const tailOf = (process: ProcessId, from: Slot, current: Slot): Tail => {
    const known = tails.get(process);
    // A schedule that is shorter than before is another one: its node was reset.
    if (known && current >= known.end && current - known.end <= LONGEST_CATCH_UP) return known;
    const start = current - from < PAGE_SLOTS ? from : Math.max(0, current - FIRST_SLOTS + 1);
    const fresh: Tail = { start, end: start - 1, slots: new Map(), oldestAt: Infinity, unreadable: new Set() };
    if (tails.size >= MAX_TAILS) tails.delete(tails.keys().next().value as ProcessId);
    tails.set(process, fresh);
    return fresh;
  };

  const readRange = async (process: ProcessId, tail: Tail, from: Slot, to: Slot): Promise<void> => {
    const unreadable: Slot[] = [];
    for (const { slot, message, timestamp } of await readAround(reader, process, from, to, unreadable)) {
      tail.slots.set(message, slot);
      tail.oldestAt = Math.min(tail.oldestAt, timestamp);
      tail.unreadable.delete(slot);
    }
    for (const slot of unreadable) tail.unreadable.add(slot);
  };

  const readNew = async (process: ProcessId, from: Slot): Promise<Tail> => {
    const current = await reader.currentSlot(process);
    const tail = tailOf(process, Math.min(from, current + 1), current);
    for (const slot of [...tail.unreadable]) await readRange(process, tail, slot, slot);
    while (tail.end < current) {
      const to = Math.min(current, tail.end + PAGE_SLOTS);
      await readRange(process, tail, tail.end + 1, to);
      tail.end = to;
    }
    for (const [message, slot] of tail.slots) {
      if (tail.slots.size <= MAX_SLOTS) break;
      tail.slots.delete(message);
      tail.start = Math.max(tail.start, slot + 1);
    }
    for (const slot of tail.unreadable) if (slot < tail.start) tail.unreadable.delete(slot);
    return tail;
  };

  const begin = (process: ProcessId, from: Slot): Promise<Tail> => {
    const read = readNew(process, from).finally(() => {
      if (reading.get(process) === read) reading.delete(process);
    });
    reading.set(process, read);
    return read;
  };

  const shared = (process: ProcessId, from: Slot): Promise<Tail> => {
    const next = waiting.get(process);
    if (next) return next;
    const now = reading.get(process);
    if (!now) return begin(process, from);
    // What is being read now may have begun too early to see what the caller looks for.
    const after = now.then(() => undefined, () => undefined).then(() => {
      waiting.delete(process);
      return begin(process, from);
    });
    waiting.set(process, after);
    return after;
  };

  return {
    catchUp: (process, from, signal) => untilAborted(shared(process, from), signal),
  };
}

/** One caller's giving up ends nothing that others wait for. */
function untilAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}
