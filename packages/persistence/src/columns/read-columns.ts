import { Fault, isFault } from '@beamline/core';
import { atOnce } from '../at-once.ts';
import { faultAt } from '../fault-at.ts';
import type { Manifest, TableEntry } from '../manifest.ts';
import { readManifest } from '../read-manifest.ts';
import type { SnapshotRef } from '../snapshot-ref.ts';
import type { PageId, SnapshotStore } from '../snapshot-store.ts';
import { createColumnTable, type ColumnTable, type ColumnWorld } from './column-world.ts';
import { readPage } from './read-page.ts';
import { rowsOfPage } from './table-draft.ts';

/** Pages on their way at once. */
const READS = 64;

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
    tables.push(table);
    for (const [n, { stamp }] of entry.pages.entries()) table.stamps[n] = stamp;
  }
  const pages = manifest.tables.flatMap((entry, t) => entry.pages.map(({ id }, n) => ({ id, entry, table: tables[t]!, n })));
  await atOnce(await easily(store, pages, signal), READS, async (page) => {
    signal?.throwIfAborted();
    await load(store, manifest, page);
  });
  return { slot: manifest.slot, layout: manifest.layout, tables };
}

interface PageToLoad {
  id: PageId;
  entry: TableEntry;
  table: ColumnTable;
  n: number;
}

/** Loads what the store reads as it comes; what it leaves, or does not fit, is to be asked for alone. */
async function easily(store: SnapshotStore, pages: readonly PageToLoad[], signal?: AbortSignal): Promise<readonly PageToLoad[]> {
  if (store.readPages === undefined) return pages;
  const misfits: PageToLoad[] = [];
  const left = await store.readPages(pages.map(({ id }) => id), (place, bytes) => {
    const page = pages[place]!;
    try {
      fill(page, bytes);
    } catch {
      misfits.push(page);
    }
  }, signal);
  return [...misfits, ...left.map((place) => pages[place]!)];
}

async function load(store: SnapshotStore, { slot, process }: Manifest, page: PageToLoad): Promise<void> {
  const { id, entry, n } = page;
  try {
    fill(page, await store.getPage(id));
  } catch (cause) {
    const where = `page ${n} of table ${entry.name} at slot ${slot} of ${process}`;
    const details = { page: id, table: entry.name, number: n, slot, process };
    if (isFault(cause)) throw faultAt(cause, where, details);
    // The bytes hash right, so it is the manifest that describes them wrongly.
    throw new Fault('persistence/manifest-damaged', `${where} does not fit its columns: ${String(cause)}`, { details, cause });
  }
}

function fill({ table, n }: PageToLoad, bytes: Uint8Array): void {
  readPage(bytes, table.columns, table.data, n * 1024, rowsOfPage(table.rows, n));
}
