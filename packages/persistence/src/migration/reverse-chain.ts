import type { Layout } from '@beamline/ecs';
import { migrateShapes, shapesOf } from './migrate-layout.ts';
import type { Migration } from './migration.ts';
import { reverseShapes } from './reverse-migration.ts';

/** The way back through several migrations, last one first, or why there is none. `from`: the layout the chain starts at. */
export function reverseChain(
  migrations: readonly Migration[], from: Layout,
): { migrations: readonly Migration[]; reason?: never } | { migrations?: never; reason: string } {
  const back: Migration[] = [];
  let shapes = shapesOf(from);
  for (const each of migrations) {
    const reversal = reverseShapes(each, shapes);
    if (reversal.migration === undefined) return { reason: reversal.reason };
    back.unshift(reversal.migration);
    shapes = migrateShapes(shapes, each);
  }
  return { migrations: back };
}
