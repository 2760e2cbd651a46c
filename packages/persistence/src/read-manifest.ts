import { isFault } from '@beamline/core';
import { rootOf } from './image-root.ts';
import { BLOCK_PAGES, blockCountOf, decodeIndexBlock } from './index-block.ts';
import type { BlockedTable, Manifest, PageEntry, StoredManifest, TableEntry } from './manifest.ts';
import { decodeManifest, manifestDamaged } from './manifest-codec.ts';
import { hashMismatch } from './sha256.ts';
import type { SnapshotRef } from './snapshot-ref.ts';
import { formatRef } from './snapshot-ref.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import { faultAt } from './fault-at.ts';
import { pageCountOf } from './world-image.ts';

/** Index blocks on their way at once. */
const READS = 16;

/**
 * A snapshot's manifest with every page it names, its own root recomputed from them. Reads the index blocks, no pages
 * and no other snapshot.
 * @throws Fault `persistence/missing`, `persistence/hash-mismatch`, `persistence/manifest-version`,
 * `persistence/manifest-damaged`; for an index block, `details` name its id, table, number, slot and process.
 */
export async function readManifest(store: SnapshotStore, ref: SnapshotRef): Promise<Manifest> {
  return resolveManifest(store, ref, await readStoredManifest(store, ref));
}

/** The second half of `readManifest`. */
export async function resolveManifest(store: SnapshotStore, ref: SnapshotRef, stored: StoredManifest): Promise<Manifest> {
  const tables: TableEntry[] = [];
  if (stored.version === 1) tables.push(...stored.tables);
  else for (const table of stored.tables) tables.push(await resolveTable(store, stored, table));
  const root = rootOf(tables.map((table) => ({ ...table, pages: table.pages.map(({ id }) => id) })));
  if (root !== stored.root) {
    throw hashMismatch(`${store.kind}: manifest ${formatRef(ref)}`, `claims root ${stored.root}, its pages have ${root}`);
  }
  return { ...stored, tables };
}

/** The manifest alone: of version 2 the ids of its index blocks, which are not read. @throws as `readManifest` */
export async function readStoredManifest(store: SnapshotStore, ref: SnapshotRef): Promise<StoredManifest> {
  const stored = decodeManifest(await store.getManifest(ref));
  const named = `${stored.process}@${stored.slot}`;
  if (named !== `${ref.process}@${ref.slot}`) {
    throw hashMismatch(`${store.kind}: manifest ${formatRef(ref)}`, `is that of ${named}`);
  }
  return stored;
}

async function resolveTable(store: SnapshotStore, { slot, process }: StoredManifest, { blocks, ...table }: BlockedTable): Promise<TableEntry> {
  const count = pageCountOf(table.rows);
  if (blocks.length !== blockCountOf(count)) {
    throw manifestDamaged(`has ${blocks.length} index blocks for ${table.rows} rows of table ${table.name}`);
  }
  const read = async (n: number): Promise<PageEntry[]> => {
    try {
      const entries = decodeIndexBlock(await store.getPage(blocks[n]!));
      const wanted = Math.min(BLOCK_PAGES, count - n * BLOCK_PAGES);
      if (entries.length !== wanted) throw manifestDamaged(`needs ${wanted} pages of a block that names ${entries.length}`);
      return entries;
    } catch (cause) {
      if (!isFault(cause)) throw cause;
      throw faultAt(cause, `index block ${n} of table ${table.name} at slot ${slot} of ${process}`, {
        block: blocks[n]!, table: table.name, number: n, slot, process,
      });
    }
  };
  const pages: PageEntry[] = [];
  for (let n = 0; n < blocks.length; n += READS) {
    const batch = await Promise.all(blocks.slice(n, n + READS).map((_, i) => read(n + i)));
    pages.push(...batch.flat());
  }
  return { ...table, pages };
}
