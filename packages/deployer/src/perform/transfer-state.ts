import type { ProcessId } from '@beamline/core';
import { pageBatches, rowsText, type SnapshotReply } from '@beamline/kernel/operator';
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

/** What came of writing a state: pages sent, and the digest green answered with. */
export interface Written {
  pages: number;
  expected: string;
  green: string;
}

/**
 * Makes green hold `wanted`: the pages it lacks, committed only when it has the digest of `wanted` then. Sends nothing
 * when it holds it already.
 */
export async function writeGreen(
  site: Site, course: Course, purpose: string, change: Change, wanted: WorldImage, signal?: AbortSignal,
): Promise<Written> {
  const green = course.greens[change.instance]!;
  const held = site.worlds.get(green);
  const pages = differingPages(wanted, held?.image);
  if (held !== undefined && pages.length === 0 && sameRows(wanted, held.image)) {
    return { pages: 0, expected: held.digest, green: held.digest };
  }
  site.worlds.delete(green);
  const expected = imageDigest(wanted);
  const { operator } = site.freshDesk(course, `${purpose}/${change.instance}`);
  const base = held === undefined ? 'empty' : 'current';
  await operator.call(green, 'Restore-Begin', { tags: { Layout: change.layoutHash, Base: base }, data: rowsText(wanted.tables) }, signal);
  for await (const data of pageBatches(pages)) await operator.call(green, 'Restore-Pages', { data }, signal);
  const reply = await operator.call(green, 'Restore-Commit', { tags: { Digest: expected } }, signal);
  const { digest } = JSON.parse(reply.data) as { digest: string };
  site.worlds.set(green, { slot: reply.slot, image: wanted, digest });
  return { pages: pages.length, expected, green: digest };
}

/** The root of what green itself answers, every byte of it read back. */
export async function greenRoot(site: Site, green: ProcessId, signal?: AbortSignal): Promise<string> {
  return rootOfReply(await site.reader.snapshot(green, {}, signal), signal);
}

export async function rootOfReply(reply: SnapshotReply, signal?: AbortSignal): Promise<string> {
  return imageRoot((await readWorld(reply, undefined, signal)).image);
}
