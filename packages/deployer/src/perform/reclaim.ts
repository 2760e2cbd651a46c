import { isFault, type Assignment, type ProcessId, type Slot } from '@beamline/core';
import type { Course, CutOver, Passage } from '../course.ts';
import type { DeployEvent } from '../strategy.ts';
import { repoint } from './hand-over.ts';
import { NO_PAGES } from './no-pages.ts';
import { replaced } from './restore.ts';
import { putAway } from './retire.ts';
import { isGameMessage, timestampOf } from './schedule-reading.ts';
import { sideBySide } from './side-by-side.ts';
import { silentOf } from './silence.ts';
import type { Site } from './site.ts';

/**
 * Old processes take back what they handed over to ones of which some fell silent: everything these accepted is applied
 * again, in the order they accepted it, by the code and the world of before. Sends of what they had computed are kept in,
 * for they have left already. Those that still answer hand over to the old ones and forward from now on; of the silent
 * ones it is collected what reaches them: repeat it once nobody is sent there any more.
 *
 * @param course the way back; its `greens` are the processes of before, its blues those that failed
 * @param cut of the way there
 */
export async function reclaim(site: Site, course: Course, cut: CutOver, signal?: AbortSignal): Promise<DeployEvent> {
  const passages: Record<string, Passage> = {};
  const forwarding: Record<string, readonly ProcessId[]> = {};
  await sideBySide(replaced(course), async ({ instance, blue: failed, forwarders }) => {
    const old = course.greens[instance]!;
    const { operator } = site.freshDesk(course, `reclaim/${instance}`);
    const phase = (await site.reader.health(old, signal))?.phase;
    const back = phase === 'handed-over' || phase === 'frozen';
    if (back) await operator.freeze(old, NO_PAGES, signal);
    for (const older of forwarders) await repoint(site, course, older, old, signal);

    const fence = await lastApplied(site, course, instance, failed, signal);
    const { computed } = await site.network.slots(failed, signal);
    const applied = fence ?? computed;
    const accepted = await gameMessages(site, failed, cut.activations[instance]! + 1, signal);
    const acceptFrom = [old, ...forwarders];
    const replies = [await operator.replay(old, accepted.filter(({ slot }) => slot <= applied), { acceptFrom, sends: 'mute' }, signal)];
    if (fence === undefined) replies.push(await operator.replay(old, accepted.filter(({ slot }) => slot > applied), { acceptFrom }, signal));
    if (back) {
      // What it had held, or forwarded, and never arrived.
      await operator.replay(old, await gameMessages(site, old, cut.fences[instance]! + 1, signal), { acceptFrom: forwarders }, signal);
      await operator.thaw(old, signal);
    }
    if (fence !== undefined) {
      await operator.call(old, 'Activate', { tags: { 'Accept-From': [failed, ...forwarders].join(',') } }, signal);
      await operator.handOver(failed, { successor: old }, signal);
    }
    forwarding[instance] = fence === undefined ? forwarders : [...forwarders, failed];
    const held = replies.reduce((sum, { ok, refused, errors }) => sum + ok + refused + errors, 0);
    const at = site.clock.now();
    passages[instance] = { fencedAt: await timestampOf(site.network, failed, Math.max(applied, 0), signal), activeAt: at, deliveredAt: at, held, redelivered: 0 };
    site.say(course, 'reclaiming', instance, 'done', `${held} messages that ${failed} had accepted are applied by ${old}`);
  });
  for (const [instance, process] of Object.entries(course.removals ?? {})) await endureSilence(() => putAway(site, course, instance, process, signal));
  return { on: 'reclaimed', passages, forwarders: forwarding, at: site.clock.now() };
}

/** Stops a process that still answers. @returns the slot after which it applied nothing; undefined for a silent one */
async function lastApplied(site: Site, course: Course, instance: string, process: ProcessId, signal?: AbortSignal): Promise<Slot | undefined> {
  const health = await site.reader.health(process, signal);
  if (health?.phase !== 'active') return health?.phase === 'frozen' || health?.phase === 'handed-over' ? health.fence : undefined;
  if ((await silentOf(site, [process], signal)).length > 0) return undefined;
  return endureSilence(async () => {
    const { index, slot } = await site.freshDesk(course, `stop/${instance}`).operator.freeze(process, NO_PAGES, signal);
    return index.fence ?? slot;
  });
}

async function gameMessages({ network }: Site, process: ProcessId, from: number, signal?: AbortSignal): Promise<Assignment[]> {
  const found: Assignment[] = [];
  for await (const assignment of network.schedule(process, { from }, signal)) if (isGameMessage(assignment)) found.push(assignment);
  return found;
}

/** Who answers nothing can be asked for nothing. */
async function endureSilence<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isFault(error, 'kernel/not-computed')) return undefined;
    throw error;
  }
}
