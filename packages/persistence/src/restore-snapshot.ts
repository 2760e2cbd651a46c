import type { Clock, Slot } from '@beamline/core';
import type { Layout } from '@beamline/ecs';
import { imageRoot } from './image-root.ts';
import type { Migration } from './migration/migration.ts';
import { migrateAlong } from './migration/migrate-along.ts';
import { readImage } from './read-image.ts';
import { restoreImage, type Restored, type RestoreImageOptions } from './restore-image.ts';
import type { SnapshotRef } from './snapshot-ref.ts';
import type { SnapshotStore } from './snapshot-store.ts';

export interface RestoreSnapshotOptions extends Omit<RestoreImageOptions, 'image'> {
  store: SnapshotStore;
  clock: Clock;
  ref: SnapshotRef;
  /** The role's chain, oldest first, up to the layout of the process; the snapshot may stand anywhere along it. */
  migrate?: { migrations: readonly Migration[]; to: Layout };
}

/**
 * Restores a stored snapshot into a standby process, migrated on the way if asked. `slot` is the snapshot's: the
 * schedule after it is what the restored world still lacks.
 * @throws Fault as `readImage`, `migrateAlong`, `restoreImage`.
 */
export async function restoreSnapshot(
  { store, clock, ref, migrate, ...target }: RestoreSnapshotOptions, signal?: AbortSignal,
): Promise<Restored & { slot: Slot; root: string; ms: number }> {
  const startedAt = clock.now();
  const stored = await readImage(store, ref);
  const image = migrate === undefined ? stored : migrateAlong(stored, migrate.migrations, migrate.to);
  const restored = await restoreImage({ ...target, image }, signal);
  return { ...restored, slot: stored.slot, root: imageRoot(image), ms: clock.now() - startedAt };
}
