import type { AoMap, AoNetwork, Assignment, MessageId, ProcessId, Slot } from '@beamline/core';

/** A tag of the message, by its lower-case name; '' when it has none. */
export function tagOf({ req }: Assignment, name: string): string {
  const value = (req['body'] as AoMap | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}

/** The `Action` a message asks for, '' when none. */
export const actionOf = (assignment: Assignment): string => tagOf(assignment, 'action');

export const isForward = (assignment: Assignment): boolean => actionOf(assignment) === 'Beamline.Forward';

/** Owner operations are the kernel's; a forward is a player's message in an envelope. */
export const isGameMessage = (assignment: Assignment): boolean =>
  assignment.slot > 0 && (isForward(assignment) || !actionOf(assignment).startsWith('Beamline.'));

/** The id by which every process knows the message, however it came. */
export function originalId(assignment: Assignment): MessageId {
  const original = (assignment.req['body'] as AoMap | undefined)?.['orig-id'];
  return isForward(assignment) && typeof original === 'string' ? original : assignment.message;
}

/** What an owner operation or message carries. */
export const dataOf = (assignment: Assignment): string => tagOf(assignment, 'data');

export async function timestampOf(network: AoNetwork, process: ProcessId, slot: Slot, signal?: AbortSignal): Promise<number> {
  for await (const { timestamp } of network.schedule(process, { from: slot, to: slot }, signal)) return timestamp;
  return 0;
}
