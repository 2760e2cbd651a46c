import type { ProcessId } from '@beamline/core';
import type { Course, CutOver, Passage } from '../course.ts';
import type { DeployEvent } from '../strategy.ts';
import { isForward, timestampOf } from './schedule-reading.ts';
import { sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';

/** Blues forward what they held, then everything; those before them are re-pointed. Then the pause is measured. */
export async function handOver(site: Site, course: Course, { fences, activations }: CutOver, signal?: AbortSignal): Promise<DeployEvent> {
  const held = new Map<string, number>();
  await sideBySide(course.changes, async ({ instance, blue }) => {
    if (blue === undefined) return;
    const { operator } = site.desk(course, `hand-over/${instance}`);
    const { forwarded } = await operator.handOver(blue, { successor: course.greens[instance]! }, signal);
    held.set(instance, forwarded);
    site.say(course, 'handing-over', instance, 'progress', `${forwarded} held messages forwarded`);
  });
  await sideBySide(course.changes, async ({ instance, forwarders }) => {
    for (const older of forwarders) await repoint(site, course, older, course.greens[instance]!, signal);
  });

  const passages: Record<string, Passage> = {};
  await sideBySide(course.changes, async ({ instance, blue }) => {
    const green = course.greens[instance]!;
    const activeAt = await timestampOf(site.network, green, activations[instance]!, signal);
    const fencedAt = blue === undefined ? activeAt : await timestampOf(site.network, blue, fences[instance]!, signal);
    const count = held.get(instance) ?? 0;
    const deliveredAt = Math.max(activeAt, await arrivalOf(site, green, activations[instance]!, count, signal));
    passages[instance] = { fencedAt, activeAt, deliveredAt, held: count, redelivered: 0 };
    site.say(course, 'handing-over', instance, 'done', `writes paused ${activeAt - fencedAt} ms, ${count} messages held`);
  });
  return { on: 'handed-over', passages, at: site.clock.now() };
}

/** When the `count`-th forward reached green. */
async function arrivalOf(site: Site, green: ProcessId, from: number, count: number, signal?: AbortSignal): Promise<number> {
  let left = count;
  if (left === 0) return 0;
  let last = 0;
  for await (const assignment of site.network.schedule(green, { from }, signal)) {
    if (!isForward(assignment)) continue;
    last = assignment.timestamp;
    left -= 1;
    if (left === 0) break;
  }
  return last;
}

async function repoint(site: Site, course: Course, older: ProcessId, successor: ProcessId, signal?: AbortSignal): Promise<void> {
  const phase = (await site.reader.health(older, signal))?.phase;
  if (phase !== 'handed-over' && phase !== 'frozen') return;
  await site.desk(course, `re-point/${older}`).operator.handOver(older, { successor }, signal);
}
