import type { ProcessId } from '@beamline/core';
import { imageRoot } from '@beamline/persistence';
import type { Comparison, Course, CutOver, Passage } from '../course.ts';
import type { DeployEvent } from '../strategy.ts';
import { creation, passageOf } from './measure-passage.ts';
import { beginningWith, sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';
import { rootOfReply } from './transfer-state.ts';

/**
 * Reads greens back as they are before anything reaches them; then blues forward what they held, and from now on
 * everything, and those before blue are re-pointed. The pause is over: what follows measures it and compares the roots.
 */
export async function handOver(site: Site, course: Course, { fences, activations }: CutOver, signal?: AbortSignal): Promise<DeployEvent> {
  const roots: Record<string, Comparison> = {};
  await sideBySide(beginningWith('receivers', course.changes), async (change) => {
    const { instance, blue, forwarders } = change;
    const green = course.greens[instance]!;
    if (blue === undefined) return;
    const wanted = site.worlds.get(green);
    if (wanted !== undefined && !site.readBacks.has(green)) site.readBacks.set(green, await site.reader.snapshot(green, {}, signal));
    await site.desk(course, `hand-over/${instance}`).operator.handOver(blue, { successor: green }, signal);
    for (const older of forwarders) await repoint(site, course, older, green, signal);
    const readBack = site.readBacks.get(green);
    if (wanted !== undefined && readBack !== undefined) {
      roots[instance] = { expected: imageRoot(wanted.image), green: await rootOfReply(readBack, signal) };
    }
  });

  const passages: Record<string, Passage> = {};
  await sideBySide(course.changes, async ({ instance, blue }) => {
    const green = { process: course.greens[instance]!, activation: activations[instance]! };
    const passage = blue === undefined
      ? await creation(site.network, green, signal)
      : await passageOf(site.network, { process: blue, fence: fences[instance]! }, green, signal);
    passages[instance] = passage;
    site.say(course, 'handing-over', instance, 'done',
      `writes paused ${passage.activeAt - passage.fencedAt} ms, ${passage.held} messages held`);
  });
  // Greens live on from here: what is known of them must not pass for what they hold.
  for (const { instance } of course.changes) site.worlds.delete(course.greens[instance]!);
  return { on: 'handed-over', passages, roots, at: site.clock.now() };
}

/** One that forwards, forwards to another from now on. */
export async function repoint(site: Site, course: Course, older: ProcessId, successor: ProcessId, signal?: AbortSignal): Promise<void> {
  const phase = (await site.reader.health(older, signal))?.phase;
  if (phase !== 'handed-over' && phase !== 'frozen') return;
  await site.desk(course, `re-point/${older}`).operator.handOver(older, { successor }, signal);
}
