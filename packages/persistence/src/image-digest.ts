import { pageImageDigest } from '@beamline/ecs';
import type { TableImage, WorldImage } from './world-image.ts';
import { pagesOf } from './world-image.ts';

const PRIMES = [2147483647, 2147483629] as const;
const MULTIPLIERS = [1000003, 999983] as const;

/** Tables are values: what their pages digest to is computed once. */
const known = new WeakMap<TableImage, readonly string[]>();

/** The digest a process holding this state computes inside (`worldDigest` of ecs). Depends on the order of tables. */
export function imageDigest(image: WorldImage): string {
  return worldDigestOf(image.tables.map((table) => ({ name: table.name, rows: table.rows, pages: pageDigestsOf(table).map((digest) => ({ digest })) })));
}

/** Digests of a table's pages as the process computes them, in order; remembered with the table. */
export function pageDigestsOf(table: TableImage): readonly string[] {
  const digests = known.get(table) ?? pagesOf(table).map((page) => pageImageDigest(table.columns, page));
  known.set(table, digests);
  return digests;
}

/** A table whose pages are known to have these digests: whoever calls this has verified those that are new. */
export function withPageDigests(table: TableImage, digests: readonly string[]): TableImage {
  known.set(table, digests);
  return table;
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
