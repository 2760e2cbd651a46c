import type { ProcessId } from '@beamline/core';
import { imageDigest, imageRoot, migrateImage } from '@beamline/persistence';
import type { WorldImage } from '@beamline/persistence';
import type { Course } from '../course.ts';
import type { Change } from '../plan.ts';
import { differingPages, readWorld, sameRows } from './known-world.ts';
import type { KnownWorld } from './known-world.ts';
import type { Site } from './site.ts';

/** Blue's state as green must hold it. */
export function migrated({ migrations, layout }: Change, image: WorldImage): WorldImage {
  return migrations.length === 0 ? image : migrateImage(image, migrations, layout);
}

/** Blue's state now: what changed since it was last read, or all of it. */
export async function readBlue(site: Site, blue: ProcessId, signal?: AbortSignal): Promise<KnownWorld> {
  const before = site.worlds.get(blue);
  const reply = await site.reader.snapshot(blue, before === undefined ? {} : { since: before.slot }, signal);
  return noteWorld(site, blue, () => readWorld(reply, before, signal));
}

/** A world that cannot be read is forgotten, so that the next attempt asks for all of it. */
export async function noteWorld(site: Site, process: ProcessId, read: () => Promise<KnownWorld>): Promise<KnownWorld> {
  try {
    const world = await read();
    site.worlds.set(process, world);
    return world;
  } catch (error) {
    site.worlds.delete(process);
    throw error;
  }
}

/**
 * Makes green hold `wanted`: the pages it lacks, and the digest over all of them as the condition. Sends nothing when it
 * holds it already.
 * @returns how many pages were sent.
 */
export async function writeGreen(
  site: Site, course: Course, purpose: string, change: Change, wanted: WorldImage, signal?: AbortSignal,
): Promise<number> {
  const green = course.greens[change.instance]!;
  const held = site.worlds.get(green);
  const pages = differingPages(wanted, held?.image);
  if (held !== undefined && pages.length === 0 && sameRows(wanted, held.image)) {
    site.worlds.set(green, { ...held, image: wanted });
    return 0;
  }
  const digest = imageDigest(wanted);
  const { operator } = site.freshDesk(course, `${purpose}/${change.instance}`);
  site.worlds.delete(green);
  await operator.restore(green, {
    layout: change.layoutHash, digest, tables: wanted.tables, pages, base: held === undefined ? 'empty' : 'current',
  }, signal);
  site.worlds.set(green, { slot: 0, image: wanted, digest });
  return pages.length;
}

/** The root of what green itself answers, every byte of it read back. */
export async function greenRoot(site: Site, green: ProcessId, signal?: AbortSignal): Promise<string> {
  const reply = await site.reader.snapshot(green, {}, signal);
  return imageRoot((await readWorld(reply, undefined, signal)).image);
}
