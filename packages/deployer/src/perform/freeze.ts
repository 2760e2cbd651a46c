import type { Course } from '../course.ts';
import type { DeployEvent } from '../strategy.ts';
import { NO_PAGES } from './no-pages.ts';
import { sideBySide } from './side-by-side.ts';
import { scopeOf } from './site.ts';
import type { Site } from './site.ts';

const purposeOf = (instance: string): string => `hold/${instance}`;

/** The course's processes hold what players send, senders and receivers alike, until somebody has decided. */
export async function freeze(site: Site, course: Course, signal?: AbortSignal): Promise<DeployEvent> {
  await sideBySide(Object.entries(course.greens), async ([instance, green]) => {
    if ((await site.reader.health(green, signal))?.phase !== 'active') return;
    await site.freshDesk(course, purposeOf(instance)).operator.freeze(green, NO_PAGES, signal);
    site.say(course, 'freezing', instance, 'done', 'holds messages');
  });
  return { on: 'frozen', at: site.clock.now() };
}

/** They apply what they held, in order, and serve again. */
export async function unfreeze(site: Site, course: Course, signal?: AbortSignal): Promise<DeployEvent> {
  await sideBySide(Object.entries(course.greens), async ([instance, green]) => {
    // A freeze that was signed may still be under way: only once it is in the log can it be undone.
    for (const item of await site.ledger.signed(scopeOf(course, `${purposeOf(instance)}/`))) await site.network.send(item, signal);
    if ((await site.reader.health(green, signal))?.phase !== 'frozen') return;
    await site.freshDesk(course, `release/${instance}`).operator.thaw(green, signal);
    site.say(course, 'unfreezing', instance, 'done', 'goes on');
  });
  return { on: 'unfrozen', at: site.clock.now() };
}
