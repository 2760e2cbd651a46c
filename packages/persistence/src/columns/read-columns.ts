import { Fault, isFault } from '@beamline/core';
import { faultAt } from '../fault-at.ts';
import type { Manifest, TableEntry } from '../manifest.ts';
import { readManifest } from '../read-manifest.ts';
import type { SnapshotRef } from '../snapshot-ref.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import { createColumnTable, type ColumnTable, type ColumnWorld } from './column-world.ts';
import { readPage } from './read-page.ts';
import { rowsOfPage } from './table-draft.ts';

/** Pages on their way at once: enough to keep a store's threads busy. */
const READS = 256;

/**
 * A stored snapshot as typed columns, each page verified on the way: a world ready to run, or to be loaded into another
 * ECS. Reads snapshots of any world, AO processes included.
 * @throws Fault as `readManifest`; for a damaged or missing page, `details` name its id, table, number, slot and process.
 */
export async function readColumns(store: SnapshotStore, ref: SnapshotRef, signal?: AbortSignal): Promise<ColumnWorld> {
  const manifest = await readManifest(store, ref);
  const tables: ColumnTable[] = [];
  for (const entry of manifest.tables) {
    if (entry.pages.length !== Math.ceil(entry.rows / 1024)) {
      throw new Fault('persistence/manifest-damaged', `table ${entry.name} of slot ${manifest.slot} has ${entry.rows} rows and ${entry.pages.length} pages`);
    }
    const table = createColumnTable(entry.name, entry.columns, entry.rows);
    for (let n = 0; n < entry.pages.length; n += READS) {
      signal?.throwIfAborted();
      await Promise.all(entry.pages.slice(n, n + READS).map((_, i) => load(store, manifest, entry, table, n + i)));
    }
    tables.push(table);
  }
  return { slot: manifest.slot, layout: manifest.layout, tables };
}

async function load(store: SnapshotStore, manifest: Manifest, entry: TableEntry, table: ColumnTable, n: number): Promise<void> {
  const { id, stamp } = entry.pages[n]!;
  try {
    readPage(await store.getPage(id), table.columns, table.data, n * 1024, rowsOfPage(table.rows, n));
    table.stamps[n] = stamp;
  } catch (cause) {
    const where = `page ${n} of table ${entry.name} at slot ${manifest.slot} of ${manifest.process}`;
    const details = { page: id, table: entry.name, number: n, slot: manifest.slot, process: manifest.process };
    if (isFault(cause)) throw faultAt(cause, where, details);
    // The bytes hash right, so it is the manifest that describes them wrongly.
    throw new Fault('persistence/manifest-damaged', `${where} does not fit its columns: ${String(cause)}`, { details, cause });
  }
}
