import { Fault } from '@beamline/core';
import type { AoNetwork, Assignment, MessageId, ProcessId, Slot } from '@beamline/core';
import type { Passage } from '../course.ts';
import { actionOf, isForward, isGameMessage, originalId, tagOf, timestampOf } from './schedule-reading.ts';

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

/** Slots read at a time, going back from the newest. */
const WINDOW = 512;

/**
 * Reads from a process's log how its code was replaced in place by that of the digest: at one slot, or, with its world,
 * between a freeze and the thaw after it.
 */
export async function swapOf(network: AoNetwork, process: ProcessId, code: string, signal?: AbortSignal): Promise<Passage> {
  const { scheduled } = await network.slots(process, signal);
  let log: Assignment[] = [];
  for (let to = scheduled; to >= 0; to -= WINDOW) {
    const window: Assignment[] = [];
    for await (const assignment of network.schedule(process, { from: Math.max(0, to - WINDOW + 1), to }, signal)) window.push(assignment);
    log = [...window, ...log];
    const commit = log.findLastIndex((assignment) => actionOf(assignment) === 'Beamline.Upgrade-Commit' && tagOf(assignment, 'code') === code);
    if (commit < 0) continue;
    const { timestamp } = log[commit]!;
    if (tagOf(log[commit]!, 'from') === '') return { fencedAt: timestamp, activeAt: timestamp, deliveredAt: timestamp, held: 0, redelivered: 0 };
    const freeze = log.findLastIndex((assignment, n) => n < commit && actionOf(assignment) === 'Beamline.Freeze');
    const thaw = log.findIndex((assignment, n) => n > commit && actionOf(assignment) === 'Beamline.Thaw');
    if (freeze < 0 || thaw < 0) continue;
    const activeAt = log[thaw]!.timestamp;
    return { fencedAt: log[freeze]!.timestamp, activeAt, deliveredAt: activeAt, held: log.slice(freeze, thaw).filter(isGameMessage).length, redelivered: 0 };
  }
  throw new Fault('deployer/bad-schedule', `the log of ${process} does not show how it got the code ${code}`, {
    hint: 'Its health says that it runs: the node shows another log than the process computed. It is read again.', retryable: true,
  });
}
