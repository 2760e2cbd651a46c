import { Fault } from '@beamline/core';
import type { AoMap, AoValue, ProcessId, Slot } from '@beamline/core';
import type { ScheduledMessage } from './assignment.ts';
import type { Reply } from './exchange.ts';
import { jsonOf } from './wire.ts';

export interface PageRange {
  path: string;
  process: ProcessId;
  from: Slot;
  /** Inclusive; a slot that exists. */
  to: Slot;
}

export function schedulePath(process: ProcessId, from: Slot, to: Slot): string {
  return `/${process}~process@1.0/schedule?from=${from}&to=${to}&require-codec=application/json&accept-bundle=true`;
}

/**
 * Assignments in slot order, all of the range: a page with holes would make a message that was sent look as if it had not.
 * @throws Fault `ao/bad-answer`, `ao/schedule-gap`
 */
export function readPage<T extends ScheduledMessage>(reply: Reply, { path, process, from, to }: PageRange, read: (json: AoValue) => T): T[] {
  const all = jsonOf(reply, path)['assignments'];
  if (typeof all !== 'object' || Array.isArray(all)) {
    throw new Fault('ao/bad-answer', `the node answered ${path} with no assignments`, { details: { process, path }, retryable: true });
  }
  const page = Object.entries(all as AoMap)
    .filter(([slot]) => /^\d+$/.test(slot))
    .map(([, assignment]) => read(assignment))
    .filter(({ slot }) => slot >= from && slot <= to)
    .sort((a, b) => a.slot - b.slot);
  for (let i = 0; i <= to - from; i++) {
    const assignment = page[i];
    if (assignment?.slot === from + i && assignment.process === process) continue;
    throw new Fault('ao/schedule-gap', `the schedule of ${process} lacks slot ${from + i}`, { details: { process, slot: from + i }, retryable: true });
  }
  return page;
}
