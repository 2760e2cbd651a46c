import type { Assignment, MessageId, ProcessId, Slot } from '@beamline/core';
import type { Reader } from './reader.ts';

const PAGE_SLOTS = 50;
// Clocks of client and scheduler may differ by so much.
const CLOCK_SKEW_MS = 10 * 60_000;

/**
 * The slot of a message, looked for backwards from the newest; `undefined` when it is in none that is younger than
 * `sentAt`. @param sentAt when the message was first sent, in milliseconds; 0 looks through all slots.
 */
export async function findScheduled(
  reader: Reader,
  process: ProcessId,
  message: MessageId,
  sentAt: number,
  signal?: AbortSignal,
): Promise<Slot | undefined> {
  let to = await reader.currentSlot(process, signal);
  while (to >= 0) {
    const from = Math.max(0, to - PAGE_SLOTS + 1);
    const page = await readPage(reader, process, from, to, signal);
    const found = page.find((assignment) => assignment.message === message);
    if (found) return found.slot;
    const [oldest] = page;
    if (oldest && oldest.timestamp < sentAt - CLOCK_SKEW_MS) return undefined;
    to = from - 1;
  }
  return undefined;
}

/** A message with binary data makes a whole page unreadable as JSON; the pages around it are still readable. */
async function readPage(reader: Reader, process: ProcessId, from: Slot, to: Slot, signal?: AbortSignal): Promise<Assignment[]> {
  try {
    return await reader.assignments(process, from, to, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (from === to) return [];
    const middle = Math.floor((from + to) / 2);
    try {
      return [...(await readPage(reader, process, from, middle, signal)), ...(await readPage(reader, process, middle + 1, to, signal))];
    } catch {
      throw error;
    }
  }
}
