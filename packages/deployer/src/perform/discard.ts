import { isFault } from '@beamline/core';
import type { Course } from '../course.ts';
import type { DeployEvent } from '../strategy.ts';
import { putAway } from './retire.ts';
import { sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';

/** Greens refuse everything. One that was never spawned needs nothing, nor does one that never computed: its code does not load. */
export async function discard(site: Site, course: Course, signal?: AbortSignal): Promise<DeployEvent> {
  await sideBySide(Object.entries(course.greens), async ([instance, green]) => {
    try {
      await putAway(site, course, instance, green, signal);
    } catch (error) {
      if (isFault(error, 'ao/unknown-process')) return;
      if ((await site.network.slots(green, signal)).computed >= 0) throw error;
    }
  });
  return { on: 'discarded', at: site.clock.now() };
}
