import { Fault, isFault } from '@beamline/core';
import type { Assignment, MessageId, ProcessId, Slot } from '@beamline/core';
import type { Reader } from './reader.ts';

// Most messages that are looked for were scheduled just now.
const FIRST_PAGE_SLOTS = 20;
const PAGE_SLOTS = 200;
// Clocks of client and scheduler may differ by so much.
const CLOCK_SKEW_MS = 10 * 60_000;

/** Where a search may stop. */
export interface SearchEnd {
  /** When the message was first sent, in milliseconds. @default 0, all slots */
  sentAt?: number;
  /** How many of the newest slots. @default all */
  newest?: number;
  /** A slot that was taken before the message was first sent. @default -1 */
  after?: Slot;
}

/**
 * The slot of a message, looked for backwards from the newest; `undefined` when none of those looked through holds it.
 * @throws Fault `ao/unreadable-slot` when the message may be in a slot that cannot be read.
 */
export async function findScheduled(
  reader: Reader,
  process: ProcessId,
  message: MessageId,
  { sentAt = 0, newest = Infinity, after = -1 }: SearchEnd,
  signal?: AbortSignal,
): Promise<Slot | undefined> {
  const unreadable: Slot[] = [];
  let to = await reader.currentSlot(process, signal);
  const end = Math.max(after + 1, to - newest + 1);
  for (let size = FIRST_PAGE_SLOTS; to >= end; size = Math.min(size * 2, PAGE_SLOTS)) {
    const from = Math.max(end, to - size + 1);
    const page = await readPage(reader, process, from, to, unreadable, signal);
    const found = page.find((assignment) => assignment.message === message);
    if (found) return found.slot;
    const [oldest] = page;
    if (oldest && oldest.timestamp < sentAt - CLOCK_SKEW_MS) break;
    to = from - 1;
  }
  if (unreadable.length > 0 && (await reader.confirm(`/${message}/type`, () => true, signal))) {
    throw new Fault('ao/unreadable-slot', `${message} is on the node, and may be slot ${unreadable.join(' or ')} of ${process}`);
  }
  return undefined;
}

/** A message with binary data makes a whole page unreadable as JSON; the pages around it are still readable. */
async function readPage(
  reader: Reader,
  process: ProcessId,
  from: Slot,
  to: Slot,
  unreadable: Slot[],
  signal?: AbortSignal,
): Promise<Assignment[]> {
  const page = await reader.tryAssignments(process, from, to, signal);
  if (page) return page;
  if (from < to) {
    const middle = Math.floor((from + to) / 2);
    const older = await readPage(reader, process, from, middle, unreadable, signal);
    return [...older, ...(await readPage(reader, process, middle + 1, to, unreadable, signal))];
  }
  try {
    return await reader.assignments(process, from, to, signal);
  } catch (error) {
    // A node that cannot be reached says nothing about the slot; one that breaks its answer does.
    const isBroken = isFault(error, 'ao/unavailable') || isFault(error, 'ao/bad-answer') || (isFault(error) && error.details['reason'] === 'broken-answer');
    if (!isBroken) throw error;
    unreadable.push(from);
    return [];
  }
}
