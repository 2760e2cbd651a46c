import { Fault } from '@beamline/core';
import type { Assignment, ProcessId, Slot } from '@beamline/core';
import type { Course, CutOver, Passage } from '../course.ts';
import type { DeployEvent } from '../strategy.ts';
import { replaced } from './restore.ts';
import { actionOf, dataOf, isForward, isGameMessage, originalId } from './schedule-reading.ts';
import { sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';

/** Every message that blue held or forwarded is in green's log. */
export async function reconcile(site: Site, course: Course, cut: CutOver, signal?: AbortSignal): Promise<DeployEvent> {
  const passages: Record<string, Passage> = { ...cut.passages };
  await sideBySide(replaced(course), async ({ instance, blue }) => {
    const redelivered = await deliverLost(site, course, {
      instance, blue, fence: cut.fences[instance]!, green: course.greens[instance]!, activation: cut.activations[instance]!,
    }, signal);
    const passage = cut.passages[instance]!;
    passages[instance] = { ...passage, redelivered: passage.redelivered + redelivered };
    site.say(course, 'reconciling', instance, 'done', redelivered === 0 ? 'no forward was lost' : `${redelivered} lost forwards delivered again`);
  });
  return { on: 'reconciled', passages, at: site.clock.now() };
}

export interface Passageway {
  instance: string;
  blue: ProcessId;
  fence: Slot;
  green: ProcessId;
  activation: Slot;
}

interface Lost {
  assignment: Assignment;
  outcome: 'held' | 'forwarded';
}

/**
 * Compares what blue passed on with what reached green. Missing ones are pushed again from the slots that sent them; what
 * the node cannot push is replayed to green by the owner. Green drops whatever it has applied already.
 * @throws Fault `deployer/forwards-lost` when messages are missing even then
 */
export async function deliverLost(site: Site, course: Course, way: Passageway, signal?: AbortSignal): Promise<number> {
  const lost = await findLost(site, way, signal);
  if (lost.length === 0) return 0;

  const senders = new Set(lost.filter(({ outcome }) => outcome === 'forwarded').map(({ assignment }) => assignment.slot));
  if (lost.some(({ outcome }) => outcome === 'held')) {
    for await (const assignment of site.network.schedule(way.blue, { from: way.fence + 1 }, signal)) {
      if (actionOf(assignment) === 'Beamline.Hand-Over') senders.add(assignment.slot);
    }
  }
  for (const slot of [...senders].sort((a, b) => a - b)) await site.network.redeliver(way.blue, slot, signal);

  const remaining = await findLost(site, way, signal);
  if (remaining.length > 0) {
    const { operator } = site.desk(course, `replay/${way.instance}`);
    const { ok, refused, duplicates, errors } = await operator.replay(way.green, remaining.map(({ assignment }) => assignment), {}, signal);
    if (ok + refused + duplicates + errors < remaining.length) throw forwardsLost(way, remaining);
  }
  return lost.length;
}

/** Looks at what came since the last look. What is missing stays to be looked at again. */
async function findLost(site: Site, way: Passageway, signal?: AbortSignal): Promise<Lost[]> {
  const from = site.compared.get(way.blue) ?? { blue: way.fence + 1, green: way.activation };
  // Green's log is done with only as far as it went before blue's was read: a later forward belongs to the next look.
  const until = { blue: from.blue, green: (await site.network.slots(way.green, signal)).scheduled + 1 };
  const passed: Assignment[] = [];
  for await (const assignment of site.network.schedule(way.blue, { from: from.blue }, signal)) {
    until.blue = assignment.slot + 1;
    if (isGameMessage(assignment)) passed.push(assignment);
  }
  // Read after blue's log: a forward that was under way meanwhile is found.
  const arrived = new Set<string>();
  let replayed = '';
  for await (const assignment of site.network.schedule(way.green, { from: from.green }, signal)) {
    if (isForward(assignment)) arrived.add(originalId(assignment));
    else if (actionOf(assignment) === 'Beamline.Replay') replayed += `|${dataOf(assignment)}`;
  }
  const hasArrived = (id: string): boolean => arrived.has(id) || replayed.includes(`|${id};`);
  const missing = passed.filter((assignment) => !hasArrived(originalId(assignment)));
  const lost = (await sideBySide(missing, async (assignment): Promise<Lost[]> => {
    const { outcome } = await site.network.result(way.blue, assignment.slot, signal);
    return outcome === 'held' || outcome === 'forwarded' ? [{ assignment, outcome }] : [];
  })).flat();
  if (lost.length === 0) site.compared.set(way.blue, until);
  return lost;
}

function forwardsLost({ instance, blue, green }: Passageway, remaining: readonly Lost[]): Fault {
  const [first] = remaining;
  return new Fault('deployer/forwards-lost', `${instance}: ${remaining.length} messages that ${blue} passed on never reached ${green}`, {
    hint: `The first is slot ${first!.assignment.slot} of ${blue}. Look at its result, then resume the deployment.`,
  });
}
