import type { Layout } from '@beamline/ecs';
import { layoutHash } from '@beamline/ecs';
import { migrateAlong } from '../migration/migrate-along.ts';
import type { Migration } from '../migration/migration.ts';
import { imageOf } from '../read-image.ts';
import { readManifest } from '../read-manifest.ts';
import type { SnapshotRef } from '../snapshot-ref.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import type { WorldImage } from '../world-image.ts';
import { imageSide, snapshotSide, type DiffSide } from './diff-side.ts';

export interface SnapshotSides {
  store: SnapshotStore;
  /** The older, the newer: a stored snapshot, or a world that was decoded. */
  from: SnapshotRef | WorldImage;
  to: SnapshotRef | WorldImage;
  /** Where layouts differ: the role's chain, and the layout of `to`. */
  migrate?: { migrations: readonly Migration[]; to: Layout };
}

/**
 * The two sides of a diff, ready for `diffWorlds`. Of snapshots of one layout only the manifests are read; across a
 * layout change the older world is read and migrated.
 * @throws Fault as `readManifest`, `readImage`, `migrateAlong`.
 */
export async function sidesOf({ store, from, to, migrate }: SnapshotSides): Promise<[DiffSide, DiffSide]> {
  return Promise.all([sideOf(store, from, migrate), sideOf(store, to, migrate)]) as Promise<[DiffSide, DiffSide]>;
}

async function sideOf(store: SnapshotStore, world: SnapshotRef | WorldImage, migrate: SnapshotSides['migrate']): Promise<DiffSide> {
  if ('tables' in world) return imageSide(brought(world, migrate));
  const manifest = await readManifest(store, world);
  if (migrate === undefined || manifest.layout === layoutHash(migrate.to)) return snapshotSide(store, manifest);
  return imageSide(brought(await imageOf(store, manifest), migrate));
}

const brought = (image: WorldImage, migrate: SnapshotSides['migrate']): WorldImage =>
  (migrate === undefined ? image : migrateAlong(image, migrate.migrations, migrate.to));

/** Two decoded worlds. */
export const imageSides = (a: WorldImage, b: WorldImage): [DiffSide, DiffSide] => [imageSide(a), imageSide(b)];
