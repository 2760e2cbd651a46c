import type { ProcessId } from '@beamline/core';
import type { Course, CutOver, Passage } from '../course.ts';
import type { DeployEvent } from '../strategy.ts';
import { NO_PAGES } from './no-pages.ts';
import { deliverLost } from './reconcile.ts';
import { actionOf, isGameMessage } from './schedule-reading.ts';
import { sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';

/** Slots looked back over for the last message of a player. */
const LOOK_BACK = 32;

/** Old processes that nobody writes to any more refuse from now on, naming green. The others go on forwarding. */
export async function retire(site: Site, course: Course, cut: CutOver, signal?: AbortSignal): Promise<DeployEvent> {
  const passages: Record<string, Passage> = { ...cut.passages };
  const forwarders: Record<string, ProcessId[]> = {};

  await sideBySide(course.changes, async ({ instance, blue, forwarders: older }) => {
    const green = course.greens[instance]!;
    const still: ProcessId[] = [];
    for (const process of [...older, ...(blue === undefined ? [] : [blue])]) {
      const phase = (await site.reader.health(process, signal))?.phase;
      if (phase === 'retired') continue;
      if (await isQuiet(site, process, signal)) {
        await site.desk(course, `retire/${process}`).operator.retire(process, { successor: green }, signal);
      } else still.push(process);
    }
    forwarders[instance] = still;
    if (blue !== undefined) {
      const way = { instance, blue, fence: cut.fences[instance]!, green, activation: cut.activations[instance]! };
      const redelivered = await deliverLost(site, course, way, signal);
      const passage = cut.passages[instance]!;
      passages[instance] = { ...passage, redelivered: passage.redelivered + redelivered };
    }
    site.say(course, 'retiring', instance, 'done', still.length === 0 ? 'nobody forwards any more' : `${still.length} still forward`);
  });

  for (const [instance, process] of Object.entries(course.removals ?? {})) await putAway(site, course, instance, process, signal);
  return { on: 'retired', passages, forwarders, at: site.clock.now() };
}

/** Whoever resolved the alias just before it moved may still be about to write: the fence counts as a message, too. */
async function isQuiet(site: Site, process: ProcessId, signal?: AbortSignal): Promise<boolean> {
  const { scheduled } = await site.network.slots(process, signal);
  const since = site.clock.now() - site.settings.quietMs;
  for await (const assignment of site.network.schedule(process, { from: Math.max(0, scheduled - LOOK_BACK) }, signal)) {
    const counts = isGameMessage(assignment) || actionOf(assignment) === 'Beamline.Freeze';
    if (counts && assignment.timestamp > since) return false;
  }
  return true;
}

/** Ends a process that may be active: it freezes first. */
export async function putAway(site: Site, course: Course, instance: string, process: ProcessId, signal?: AbortSignal): Promise<void> {
  const phase = (await site.reader.health(process, signal))?.phase;
  if (phase === undefined || phase === 'retired') return;
  const { operator } = site.desk(course, `put-away/${instance}/${process}`);
  if (phase === 'active') await operator.freeze(process, NO_PAGES, signal);
  await operator.retire(process, {}, signal);
}
