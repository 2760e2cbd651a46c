import type { Clock, MessageId, ProcessId, Slot } from '@beamline/core';
import { readAround } from './read-around.ts';
import type { Reader } from './reader.ts';
import { createSharedLook } from './shared-look.ts';

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
   * Reads what is new, beginning after this call. Those who ask while others wait share one look: a hundred messages
   * whose answers are lost need one, not a hundred.
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

/** What is known of one process, and the look that adds to it. */
interface Known {
  tail: Tail | undefined;
  /** The lowest slot asked for since the last look began. */
  from: Slot;
  look(): Promise<Tail>;
}

export function createScheduleTails(reader: Reader, clock: Clock): ScheduleTails {
  const all = new Map<ProcessId, Known>();

  const knownOf = (process: ProcessId): Known => {
    const known = all.get(process);
    if (known) return known;
    if (all.size >= MAX_TAILS) all.delete(all.keys().next().value as ProcessId);
    const fresh: Known = { tail: undefined, from: Infinity, look: createSharedLook(() => readNew(process, fresh), clock) };
    all.set(process, fresh);
    return fresh;
  };

  const tailOf = (known: Known, from: Slot, current: Slot, endBefore: Slot): Tail => {
    const { tail } = known;
    // A schedule that is shorter than before is another one: its node was reset.
    if (tail && current >= Math.min(endBefore, tail.end) && current - tail.end <= LONGEST_CATCH_UP) return tail;
    const start = current - from < PAGE_SLOTS ? from : Math.max(0, current - FIRST_SLOTS + 1);
    return (known.tail = { start, end: start - 1, slots: new Map(), oldestAt: Infinity, unreadable: new Set() });
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

  const readNew = async (process: ProcessId, known: Known): Promise<Tail> => {
    const { from } = known;
    known.from = Infinity;
    // Another look may go further while this one waits for its answer.
    const endBefore = known.tail?.end ?? -1;
    const current = await reader.currentSlot(process);
    const tail = tailOf(known, Math.min(from, current + 1), current, endBefore);
    for (const slot of [...tail.unreadable]) await readRange(process, tail, slot, slot);
    while (tail.end < current) {
      const to = Math.min(current, tail.end + PAGE_SLOTS);
      await readRange(process, tail, tail.end + 1, to);
      tail.end = Math.max(tail.end, to);
    }
    for (const [message, slot] of tail.slots) {
      if (tail.slots.size <= MAX_SLOTS) break;
      tail.slots.delete(message);
      tail.start = Math.max(tail.start, slot + 1);
    }
    for (const slot of tail.unreadable) if (slot < tail.start) tail.unreadable.delete(slot);
    return tail;
  };

  return {
    catchUp(process, from, signal) {
      const known = knownOf(process);
      known.from = Math.min(known.from, from);
      return untilAborted(known.look(), signal);
    },
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
