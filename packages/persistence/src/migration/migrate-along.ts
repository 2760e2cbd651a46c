import { isFault } from '@beamline/core';
import type { Layout } from '@beamline/ecs';
import { layoutHash } from '@beamline/ecs';
import type { WorldImage } from '../world-image.ts';
import { migrateImage } from './migrate-image.ts';
import type { Migration } from './migration.ts';

/**
 * Brings a world of any layout along a role's chain (oldest migration first) to the last one: the shortest tail of the
 * chain that leads exactly to `to` is applied, none when the world is there already.
 * @throws Fault `persistence/layout-mismatch` or `persistence/bad-migration`, of the attempt with the whole chain;
 * `persistence/misfit`.
 */
export function migrateAlong(image: WorldImage, chain: readonly Migration[], to: Layout): WorldImage {
  return image.layout === layoutHash(to) ? image : migrateImage(image, tailFor(image, chain, to), to);
}

/** As much of a chain as a world still has before it. */
export function tailFor(image: WorldImage, chain: readonly Migration[], to: Layout): readonly Migration[] {
  if (image.layout === layoutHash(to)) return [];
  const shape = emptied(image);
  for (let start = chain.length - 1; start > 0; start -= 1) {
    try {
      migrateImage(shape, chain.slice(start), to);
      return chain.slice(start);
    } catch (error) {
      if (!isFault(error, 'persistence/layout-mismatch') && !isFault(error, 'persistence/bad-migration')) throw error;
    }
  }
  return chain;
}

/** Its tables without rows: whether a tail fits is decided by shape, before any data is looked at. */
function emptied(image: WorldImage): WorldImage {
  return { ...image, tables: image.tables.map((table) => ({ ...table, rows: 0, data: table.columns.map(() => []), stamps: [] })) };
}
