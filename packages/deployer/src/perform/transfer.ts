import type { Comparison, Course } from '../course.ts';
import type { DeployEvent } from '../strategy.ts';
import { replaced } from './restore.ts';
import { sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';
import { migrated, readBlue, writeGreen } from './transfer-state.ts';

/** Greens hold blue's state at the fence. Nobody can write meanwhile: three messages per green, side by side. */
export async function transfer(site: Site, course: Course, signal?: AbortSignal): Promise<DeployEvent> {
  const digests: Record<string, Comparison> = {};
  await sideBySide(replaced(course), async (change) => {
    const { instance, blue } = change;
    // A frozen world stands still: after a crash, or when the delta was unreadable, a new snapshot says the same.
    const { image } = site.worlds.get(blue) ?? await readBlue(site, blue, signal);
    const { pages, expected, green } = await writeGreen(site, course, 'transfer', change, migrated(change, image), signal);
    digests[instance] = { expected, green };
    site.say(course, 'transferring', instance, 'done', `${pages} pages, digest ${green}`);
  });
  return { on: 'transferred', digests, at: site.clock.now() };
}
