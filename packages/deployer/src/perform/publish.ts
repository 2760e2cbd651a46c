import { processTags } from '@beamline/bundler/release';
import { isSpawned, type Course } from '../course.ts';
import type { DeployEvent } from '../strategy.ts';
import { observeBlues } from './observe.ts';
import { assertBundle } from './preflight.ts';
import { sideBySide } from './side-by-side.ts';
import { scopeOf, type Site } from './site.ts';
import { upgradesOf } from './upgrade.ts';

/** Modules exist; the items of the greens are signed, so their ids are known and in the journal. */
export async function publish(site: Site, course: Course, signal?: AbortSignal): Promise<DeployEvent> {
  const modules: Record<string, string> = { ...course.modules };
  const spawned = course.changes.filter(isSpawned);
  const bundles = new Map(spawned.map((change) => [change.bundle, change]));

  await sideBySide([...bundles.values()], async ({ bundle, release, role }) => {
    modules[bundle] ??= site.environment.modules[bundle] ?? await publishOne();

    async function publishOne(): Promise<string> {
      const source = await site.bundles.lua(release, role);
      assertBundle(source, bundle, role);
      const { network } = site.desk(course, `publish/${role}`);
      return network.spawn(await network.signModule(site.signer, source, signal), signal);
    }
  });

  const greens: Record<string, string> = Object.fromEntries(upgradesOf(course).map(({ instance, blue }) => [instance, blue]));
  await sideBySide(spawned, async ({ instance, bundle }) => {
    greens[instance] = (await processItem(site, { ...course, modules }, instance, modules[bundle]!, signal)).id;
  });
  return { on: 'published', modules, greens, observed: await observeBlues(site, course, signal), at: site.clock.now() };
}

/** The signed process message of a green: the same one every time it is asked for. */
export async function processItem(site: Site, course: Course, instance: string, module: string, signal?: AbortSignal) {
  const { role, shard, release } = course.changes.find((change) => change.instance === instance)!;
  const tags = processTags({
    environment: site.plan.environment, release, role, shard,
    // The way back may make a process of the same words: it must not be the same process.
    deployment: `${site.plan.id}/${scopeOf(course, instance)}`,
    seed: site.settings.seedOf(site.plan.id, instance),
  });
  const { network } = site.desk(course, `spawn/${instance}`);
  return network.signProcess(site.signer, { module, tags, data: '' }, signal);
}
