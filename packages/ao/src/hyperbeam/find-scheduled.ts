import { Fault } from '@beamline/core';
import type { MessageId, ProcessId, Slot } from '@beamline/core';
import { readAround } from './read-around.ts';
import type { Reader } from './reader.ts';
import type { ScheduleTails } from './schedule-tail.ts';

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

export interface Search {
  reader: Reader;
  tails: ScheduleTails;
}

/**
 * The slot of a message; `undefined` when none of those looked through holds it. Most messages that are looked for were
 * scheduled just now: what is new at the end is read first, the rest backwards from there.
 * @param end asked for only when the newest slots do not hold the message.
 * @throws Fault `ao/unreadable-slot` when the message may be in a slot that cannot be read.
 */
export async function findScheduled(
  { reader, tails }: Search,
  process: ProcessId,
  message: MessageId,
  end: SearchEnd | (() => Promise<SearchEnd>),
  signal?: AbortSignal,
): Promise<Slot | undefined> {
  const hint = typeof end === 'function' ? -1 : (end.after ?? -1);
  const tail = await tails.catchUp(process, hint + 1, signal);
  const known = tail.slots.get(message);
  if (known !== undefined) return known;

  const { sentAt = 0, newest = Infinity, after = -1 } = typeof end === 'function' ? await end() : end;
  const last = Math.max(after + 1, tail.end - newest + 1);
  const unreadable = [...tail.unreadable].filter((slot) => slot >= last);
  let oldestAt = tail.oldestAt;
  let to = tail.start - 1;
  for (let size = FIRST_PAGE_SLOTS; to >= last && oldestAt >= sentAt - CLOCK_SKEW_MS; size = Math.min(size * 2, PAGE_SLOTS)) {
    const from = Math.max(last, to - size + 1);
    const page = await readAround(reader, process, from, to, unreadable, signal);
    const found = page.find((entry) => entry.message === message);
    if (found) return found.slot;
    oldestAt = page[0]?.timestamp ?? oldestAt;
    to = from - 1;
  }
  if (unreadable.length > 0 && (await reader.confirm(`/${message}/type`, () => true, signal))) {
    throw new Fault('ao/unreadable-slot', `${message} is on the node, and may be slot ${unreadable.join(' or ')} of ${process}`);
  }
  return undefined;
}
