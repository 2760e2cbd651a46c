import { readStoredManifest, resolveManifest } from './read-manifest.ts';
import type { SnapshotRef } from './snapshot-ref.ts';
import type { PageId, SnapshotStore } from './snapshot-store.ts';

/** Everything a snapshot needs from its store besides its manifest. No id is named twice within a list. */
export interface SnapshotContents {
  /** Pages with cells. */
  pages: readonly PageId[];
  /** Index blocks, got and put like pages; none for a manifest of version 1. */
  blocks: readonly PageId[];
}

/**
 * What must stay for a snapshot to stay readable: what garbage collection keeps, archives copy and verification reads.
 * Reads the manifest and its index blocks, no pages.
 * @throws Fault as `readManifest`.
 */
export async function contentsOf(store: SnapshotStore, ref: SnapshotRef): Promise<SnapshotContents> {
  const stored = await readStoredManifest(store, ref);
  const { tables } = await resolveManifest(store, ref, stored);
  const blocks = stored.version === 1 ? [] : stored.tables.flatMap((table) => table.blocks);
  return { pages: [...new Set(tables.flatMap(({ pages }) => pages.map(({ id }) => id)))], blocks: [...new Set(blocks)] };
}
