import { isFault } from '@beamline/core';
import type { Layout } from '@beamline/ecs';
import { layoutHash } from '@beamline/ecs';
import type { WorldImage } from '../world-image.ts';
import { migrateImage } from './migrate-image.ts';
import type { Migration } from './migration.ts';

/**
 * Brings a world of any layout along a role's chain (oldest migration first) to the last one: the shortest tail of the
 * chain that leads exactly to `to` is applied, none when the world is there already.
 * @throws Fault `persistence/layout-mismatch` or `persistence/bad-migration`, of the attempt with the whole chain.
 */
export function migrateAlong(image: WorldImage, chain: readonly Migration[], to: Layout): WorldImage {
  if (image.layout === layoutHash(to)) return image;
  for (let start = chain.length - 1; start > 0; start -= 1) {
    try {
      return migrateImage(image, chain.slice(start), to);
    } catch (error) {
      if (!isFault(error, 'persistence/layout-mismatch') && !isFault(error, 'persistence/bad-migration')) throw error;
    }
  }
  return migrateImage(image, chain, to);
}
