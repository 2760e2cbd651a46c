import { pageImageDigest } from '@beamline/ecs';
import type { WorldImage } from './world-image.ts';
import { pagesOf } from './world-image.ts';

const PRIMES = [2147483647, 2147483629] as const;
const MULTIPLIERS = [1000003, 999983] as const;

/** The digest a process holding this state computes inside (`worldDigest` of ecs). Depends on the order of tables. */
export function imageDigest(image: WorldImage): string {
  return worldDigestOf(image.tables.map((table) => ({
    name: table.name,
    rows: table.rows,
    pages: pagesOf(table).map((page) => ({ digest: pageImageDigest(table.columns, page) })),
  })));
}

/** The same from page digests alone: number of tables, then per table its name, rows and page digests, folded. */
export function worldDigestOf(
  tables: readonly { name: string; rows: number; pages: readonly { digest: string }[] }[],
): string {
  const values: number[] = [];
  for (const { name, rows, pages } of tables) {
    const bytes = new TextEncoder().encode(name);
    values.push(bytes.length, ...bytes, rows);
    for (const { digest } of pages) values.push(...digest.split('-').map(Number));
  }
  return PRIMES.map((prime, n) =>
    values.reduce((hash, value) => (hash * MULTIPLIERS[n]! + value % prime) % prime, tables.length)).join('-');
}
