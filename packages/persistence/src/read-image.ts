import { Fault, isFault } from '@beamline/core';
import type { PageImage } from '@beamline/ecs';
import { decodePageBytes } from '@beamline/ecs';
import { faultAt } from './fault-at.ts';
import type { Manifest, TableEntry } from './manifest.ts';
import { readManifest } from './read-manifest.ts';
import type { SnapshotRef } from './snapshot-ref.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import type { WorldImage } from './world-image.ts';
import { pageCountOf, tableOfPages } from './world-image.ts';

/** Pages on their way at once. */
const READS = 16;

/**
 * A stored snapshot, decoded; every page verified on the way.
 * @throws Fault as `readManifest`; `persistence/hash-mismatch` and `persistence/missing` for a page name its table, its
 * number and the slot, in `details` too.
 */
export async function readImage(store: SnapshotStore, ref: SnapshotRef): Promise<WorldImage> {
  return imageOf(store, await readManifest(store, ref));
}

/** The pages behind a manifest that was read before. */
export async function imageOf(store: SnapshotStore, manifest: Manifest): Promise<WorldImage> {
  const tables = [];
  for (const entry of manifest.tables) {
    if (entry.pages.length !== pageCountOf(entry.rows)) {
      throw new Fault('persistence/manifest-damaged', `table ${entry.name} of slot ${manifest.slot} has ${entry.rows} rows and ${entry.pages.length} pages`);
    }
    const pages: PageImage[] = [];
    for (let n = 0; n < entry.pages.length; n += READS) {
      const batch = entry.pages.slice(n, n + READS).map((_, i) => readPage(store, manifest, entry, n + i));
      pages.push(...await Promise.all(batch));
    }
    tables.push(tableOfPages(entry.name, entry.columns, pages, entry.pages.map(({ stamp }) => stamp)));
  }
  return { slot: manifest.slot, layout: manifest.layout, tables };
}

/** One page, verified. @throws as `readImage` */
export async function readPage(store: SnapshotStore, manifest: Manifest, table: TableEntry, n: number): Promise<PageImage> {
  const { id } = table.pages[n]!;
  try {
    return decodePageBytes(table.columns, await store.getPage(id));
  } catch (cause) {
    const where = `page ${n} of table ${table.name} at slot ${manifest.slot} of ${manifest.process}`;
    const details = { page: id, table: table.name, number: n, slot: manifest.slot, process: manifest.process };
    if (!isFault(cause)) {
      // The bytes hash right, so it is the manifest that describes them wrongly.
      throw new Fault('persistence/manifest-damaged', `${where} does not fit its columns: ${String(cause)}`, { details, cause });
    }
    throw faultAt(cause, where, details);
  }
}
