import { isSpawned, type Course } from '../course.ts';
import type { DeployEvent } from '../strategy.ts';
import { beginningWith, sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';

/** Greens serve, receivers first, and take the word of those who forward to them. Nobody writes to them yet. */
export async function activate(site: Site, course: Course, signal?: AbortSignal): Promise<DeployEvent> {
  const activations: Record<string, number> = {};
  await sideBySide(beginningWith('receivers', course.changes.filter(isSpawned)), async ({ instance, blue, forwarders }) => {
    const accepted = [...(blue === undefined ? [] : [blue]), ...forwarders];
    const tags = accepted.length === 0 ? {} : { 'Accept-From': accepted.join(',') };
    const { operator } = site.desk(course, `activate/${instance}`);
    const { slot } = await operator.call(course.greens[instance]!, 'Activate', { tags }, signal);
    activations[instance] = slot;
    site.say(course, 'activating', instance, 'done', `green active since slot ${slot}`);
  });
  return { on: 'activated', activations, at: site.clock.now() };
}
