import type { AoMap, AoNetwork, Assignment, MessageId, ProcessId, Slot } from '@beamline/core';

/** The `Action` a message asks for, '' when none. */
export function actionOf({ req }: Assignment): string {
  const action = (req['body'] as AoMap | undefined)?.['action'];
  return typeof action === 'string' ? action : '';
}

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
export function dataOf({ req }: Assignment): string {
  const data = (req['body'] as AoMap | undefined)?.['data'];
  return typeof data === 'string' ? data : '';
}

export async function timestampOf(network: AoNetwork, process: ProcessId, slot: Slot, signal?: AbortSignal): Promise<number> {
  for await (const { timestamp } of network.schedule(process, { from: slot, to: slot }, signal)) return timestamp;
  return 0;
}
