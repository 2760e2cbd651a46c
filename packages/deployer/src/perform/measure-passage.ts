import type { AoNetwork, MessageId, ProcessId, Slot } from '@beamline/core';
import type { Passage } from '../course.ts';
import { actionOf, isForward, isGameMessage, originalId, timestampOf } from './schedule-reading.ts';

/** An instance that nobody served before: no pause. */
export async function creation(
  network: AoNetwork, green: { process: ProcessId; activation: Slot }, signal?: AbortSignal,
): Promise<Passage> {
  const at = await timestampOf(network, green.process, green.activation, signal);
  return { fencedAt: at, activeAt: at, deliveredAt: at, held: 0, redelivered: 0 };
}

/** Reads from both logs how long nobody could write, what waited meanwhile, and when the last of it arrived. */
export async function passageOf(
  network: AoNetwork, blue: { process: ProcessId; fence: Slot }, green: { process: ProcessId; activation: Slot }, signal?: AbortSignal,
): Promise<Passage> {
  const waited = new Set<MessageId>();
  let fencedAt = 0;
  for await (const assignment of network.schedule(blue.process, { from: blue.fence }, signal)) {
    if (assignment.slot === blue.fence) fencedAt = assignment.timestamp;
    else if (isGameMessage(assignment)) waited.add(originalId(assignment));
    else if (actionOf(assignment) === 'Beamline.Hand-Over') break;
  }
  const waiting = new Set(waited);
  let activeAt = 0;
  let deliveredAt = 0;
  for await (const assignment of network.schedule(green.process, { from: green.activation }, signal)) {
    if (assignment.slot === green.activation) activeAt = assignment.timestamp;
    if (isForward(assignment) && waiting.delete(originalId(assignment))) deliveredAt = assignment.timestamp;
    if (waiting.size === 0) break;
  }
  return { fencedAt, activeAt, deliveredAt: Math.max(activeAt, deliveredAt), held: waited.size, redelivered: 0 };
}
