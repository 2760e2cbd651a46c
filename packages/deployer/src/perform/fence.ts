import type { Course, Slots } from '../course.ts';
import type { DeployEvent } from '../strategy.ts';
import { readWorld } from './known-world.ts';
import { replaced } from './restore.ts';
import { beginningWith, sideBySide } from './side-by-side.ts';
import { scopeOf } from './site.ts';
import type { Site } from './site.ts';
import { noteWorld } from './transfer-state.ts';

/**
 * Blues freeze, senders first; the answer to each freeze brings the last delta along. What a sender still sent to a
 * receiver that froze before it is held there and forwarded like everything else.
 */
export async function fence(site: Site, course: Course, signal?: AbortSignal): Promise<DeployEvent> {
  const fences: Record<string, number> = {};
  await sideBySide(beginningWith('senders', replaced(course)), async ({ instance, blue }) => {
    const before = site.worlds.get(blue);
    const { operator } = site.desk(course, fencePurpose(instance));
    const reply = await operator.freeze(blue, before === undefined ? {} : { since: before.slot }, signal);
    fences[instance] = reply.index.fence ?? reply.slot;
    // A delta that cannot be read is read again by `transfer`, whole.
    await noteWorld(site, blue, () => readWorld(reply, before, signal)).catch(() => undefined);
    site.say(course, 'fencing', instance, 'done', `blue frozen at slot ${fences[instance]}`);
  });
  return { on: 'fenced', fences: fences satisfies Slots, at: site.clock.now() };
}

const fencePurpose = (instance: string): string => `fence/${instance}`;

/** Blues apply what they held and serve again. */
export async function thaw(site: Site, course: Course, signal?: AbortSignal): Promise<DeployEvent> {
  await sideBySide(replaced(course), async ({ instance, blue }) => {
    // A freeze that was signed may still be under way: only once it is in the log can it be undone.
    for (const item of await site.ledger.signed(scopeOf(course, `${fencePurpose(instance)}/`))) await site.network.send(item, signal);
    const phase = (await site.reader.health(blue, signal))?.phase;
    if (phase !== 'frozen') return;
    const { ok, refused, errors } = await site.desk(course, `thaw/${instance}`).operator.thaw(blue, signal);
    site.say(course, 'thawing', instance, 'done', `blue goes on with ${ok + refused + errors} held messages`);
  });
  return { on: 'thawed', at: site.clock.now() };
}
