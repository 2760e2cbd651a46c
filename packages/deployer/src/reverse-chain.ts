import type { Layout } from '@beamline/ecs';
import { reverseMigration } from '@beamline/persistence';
import type { Migration } from '@beamline/persistence';

/** The way back through several migrations, last one first, or why there is none. `from`: where the chain starts. */
export function reverseChain(
  migrations: readonly Migration[], from: Layout,
): { migrations: readonly Migration[] } | { impossible: string } {
  const back: Migration[] = [];
  for (const [n, migration] of migrations.entries()) {
    const reversal = n === 0 ? reverseMigration(migration, from) : reverseMigration(migration);
    if (reversal.migration === undefined) return { impossible: reversal.reason };
    back.unshift(reversal.migration);
  }
  return { migrations: back };
}
