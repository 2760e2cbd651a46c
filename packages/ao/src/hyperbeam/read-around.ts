import { isFault, type Fault } from '@beamline/core';
import type { ProcessId, Slot } from '@beamline/core';
import type { ScheduledMessage } from './assignment.ts';
import type { Reader } from './reader.ts';

/**
 * Which message is in which slot of a range, oldest first. A message with binary data makes a whole page unreadable as
 * JSON; the pages around it are still readable. Slots that cannot be read even alone are added to `unreadable`.
 * @throws Fault when the node cannot be reached
 */
export async function readAround(
  reader: Reader,
  process: ProcessId,
  from: Slot,
  to: Slot,
  unreadable: Slot[],
  signal?: AbortSignal,
): Promise<ScheduledMessage[]> {
  const page = await reader.tryMessages(process, from, to, signal);
  if (page !== 'lost' && page !== 'broken') return page;
  // Half a page is lost as easily as a whole one.
  if (page === 'lost' && from < to) {
    const again = await reader.messages(process, from, to, signal).catch((error: unknown) => {
      if (isFault(error) && isBroken(error)) return undefined;
      throw error;
    });
    if (again) return again;
  }
  if (from < to) {
    const middle = Math.floor((from + to) / 2);
    const older = await readAround(reader, process, from, middle, unreadable, signal);
    return [...older, ...(await readAround(reader, process, middle + 1, to, unreadable, signal))];
  }
  try {
    return await reader.messages(process, from, to, signal);
  } catch (error) {
    if (!isFault(error) || !isBroken(error)) throw error;
    unreadable.push(from);
    return [];
  }
}

/** A node that cannot be reached says nothing about a slot; one that breaks its answer does. */
function isBroken(error: Fault): boolean {
  return error.code === 'ao/unavailable' || error.code === 'ao/bad-answer' || error.details['reason'] === 'broken-answer';
}
