import type { Course } from '../course.ts';
import type { Change } from '../plan.ts';
import type { DeployEvent } from '../strategy.ts';
import { sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';
import { migrated, readBlue, writeGreen } from './transfer-state.ts';

export const replaced = ({ changes }: Course): (Change & { blue: string })[] =>
  changes.filter((change): change is Change & { blue: string } => change.kind === 'replace');

/** Greens hold blue's state of a moment ago, while blue serves on. */
export async function restore(site: Site, course: Course, signal?: AbortSignal): Promise<DeployEvent> {
  await copy(site, course, 'restore', signal);
  return { on: 'restored', at: site.clock.now() };
}

/** Greens get what has changed since. */
export async function catchUp(site: Site, course: Course, signal?: AbortSignal): Promise<DeployEvent> {
  const pages = await copy(site, course, 'catch-up', signal);
  return { on: 'caught-up', pages: Math.max(0, ...pages), at: site.clock.now() };
}

async function copy(site: Site, course: Course, purpose: string, signal?: AbortSignal): Promise<number[]> {
  return sideBySide(replaced(course), async (change) => {
    const { image, slot } = await readBlue(site, change.blue, signal);
    const { pages } = await writeGreen(site, course, purpose, change, migrated(change, image), signal);
    site.say(course, purpose === 'restore' ? 'restoring' : 'catching-up', change.instance, 'done', `${pages} pages as of slot ${slot}`);
    return pages;
  });
}
