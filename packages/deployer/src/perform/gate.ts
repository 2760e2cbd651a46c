import { TOLERATED_LAG } from '../condition.ts';
import type { Pass } from '../course.ts';
import { abortReason, promotions } from '../requests.ts';
import type { DeployCommand, DeployEvent } from '../strategy.ts';
import { unhealthy } from './observe.ts';
import { sideBySide } from './side-by-side.ts';
import type { Site } from './site.ts';

/**
 * Between two batches: what has been moved fulfils its conditions, fewer than `maxUnavailable` of all are unwell, and
 * `approvals` promotions have come. Waits for these, however long it takes, and goes on looking at the processes.
 */
export async function gate(site: Site, { passes, maxUnavailable, approvals }: Extract<DeployCommand, { do: 'gate' }>, signal?: AbortSignal): Promise<DeployEvent> {
  let told = false;
  for (;;) {
    const problems = (await sideBySide(passes, ({ course, cut }) => unhealthy(site, { course, baselines: cut?.baselines }, signal))).flat();
    const unwell = await unwellOthers(site, passes, signal);
    const requests = await site.requests();
    const tooMany = unwell.length >= maxUnavailable;
    if (problems.length > 0 || tooMany || promotions(requests) >= approvals || abortReason(requests) !== undefined) {
      return { on: 'gated', problems, unwell: tooMany ? unwell : [], at: site.clock.now() };
    }
    const { course } = passes.at(-1)!;
    if (!told) for (const { instance } of course.changes) site.say(course, 'gating', instance, 'progress', 'waits for a person: promote or abort');
    told = true;
    await site.clock.sleep(site.settings.bakePollMs, signal);
  }
}

async function unwellOthers(site: Site, passes: readonly Pass[], signal?: AbortSignal): Promise<string[]> {
  const moved = new Set(passes.flatMap(({ course }) => course.changes.map(({ instance }) => instance)));
  const others = Object.entries(site.environment.instances).filter(([instance]) => !moved.has(instance));
  const found = await sideBySide(others, async ([instance, { process }]) => {
    const [health, { scheduled, computed }] = await Promise.all([site.reader.health(process, signal), site.network.slots(process, signal)]);
    if (health?.phase !== 'active') return [`${instance} is ${health?.phase ?? 'silent'}`];
    return scheduled - computed > TOLERATED_LAG ? [`${instance} is ${scheduled - computed} slots behind`] : [];
  });
  return found.flat();
}
