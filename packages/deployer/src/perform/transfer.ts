import { imageRoot } from '@beamline/persistence';
import type { Course, RootPair, Slots } from '../course.ts';
import type { DeployEvent } from '../strategy.ts';
import { cellsOf } from './known-world.ts';
import { replaced } from './restore.ts';
import { sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';
import { greenRoot, migrated, readBlue, writeGreen } from './transfer-state.ts';

/** Greens hold blue's state at the fence, and the roots of both are known. Nobody can write meanwhile. */
export async function transfer(site: Site, course: Course, _fences: Slots, signal?: AbortSignal): Promise<DeployEvent> {
  const roots: Record<string, RootPair> = {};
  await sideBySide(replaced(course), async (change) => {
    const { instance, blue } = change;
    // A frozen world stands still: after a crash, or when the delta was unreadable, a new snapshot says the same.
    const { image } = site.worlds.get(blue) ?? await readBlue(site, blue, signal);
    const wanted = migrated(change, image);
    const pages = await writeGreen(site, course, 'transfer', change, wanted, signal);
    const expected = imageRoot(wanted);
    const readBack = cellsOf(wanted) <= site.settings.readBackCells;
    roots[instance] = { expected, green: readBack ? await greenRoot(site, course.greens[instance]!, signal) : expected };
    site.say(course, 'transferring', instance, 'done', `${pages} pages; root ${expected.slice(0, 12)}`);
  });
  return { on: 'transferred', roots, at: site.clock.now() };
}
