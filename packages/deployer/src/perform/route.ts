import { Fault } from '@beamline/core';
import { isSpawned, type Course } from '../course.ts';
import type { DeployEvent } from '../strategy.ts';
import { sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';

/** Aliases name the greens; each is resolved again, for a node may go on answering with the old one. */
export async function route(site: Site, course: Course, signal?: AbortSignal): Promise<DeployEvent> {
  await sideBySide(course.changes.filter(isSpawned), async ({ instance, alias }) => {
    const green = course.greens[instance]!;
    await site.network.setAlias(alias, green, site.nodeSigner, signal);
    const found = await site.network.resolve(alias, signal);
    if (found !== green) {
      throw new Fault('deployer/alias-not-moved', `${alias} still names ${found ?? 'nothing'} instead of ${green}`, {
        hint: 'Is the operator key that of the node? Nothing is lost meanwhile: blue forwards.', retryable: true,
      });
    }
    site.say(course, 'routing', instance, 'done', alias);
  });
  return { on: 'routed', at: site.clock.now() };
}
