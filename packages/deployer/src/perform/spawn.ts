import { isSpawned, type Course } from '../course.ts';
import type { DeployEvent } from '../strategy.ts';
import { processItem } from './publish.ts';
import { sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';

export async function spawn(site: Site, course: Course, signal?: AbortSignal): Promise<DeployEvent> {
  await sideBySide(course.changes.filter(isSpawned), async ({ instance, bundle }) => {
    const item = await processItem(site, course, instance, course.modules[bundle]!, signal);
    await site.network.spawn(item, signal);
    site.say(course, 'spawning', instance, 'done', item.id);
  });
  return { on: 'spawned', at: site.clock.now() };
}
