import type { Column, PageImage } from '@beamline/ecs';
import type { Manifest } from '../manifest.ts';
import { readPage } from '../read-image.ts';
import type { SnapshotStore } from '../snapshot-store.ts';
import { pageCountOf, pageOf, type WorldImage } from '../world-image.ts';

export interface SideTable {
  name: string;
  columns: readonly Column[];
  pageCount: number;
  page(n: number): PageImage | Promise<PageImage>;
  /** Equal ids mean equal pages; `undefined` where pages have none and must be looked at. */
  id(n: number): string | undefined;
}

/** One of the two worlds being compared. */
export interface DiffSide {
  layout: string;
  tables: readonly SideTable[];
}

/** A stored snapshot: pages that both sides name alike are never read. */
export function snapshotSide(store: SnapshotStore, manifest: Manifest): DiffSide {
  return {
    layout: manifest.layout,
    tables: manifest.tables.map((entry) => ({
      name: entry.name, columns: entry.columns, pageCount: entry.pages.length,
      page: (n) => readPage(store, manifest, entry, n),
      id: (n) => entry.pages[n]?.id,
    })),
  };
}

/** A decoded world. */
export function imageSide(image: WorldImage): DiffSide {
  return {
    layout: image.layout,
    tables: image.tables.map((table) => ({
      name: table.name, columns: table.columns, pageCount: pageCountOf(table.rows),
      page: (n) => pageOf(table, n),
      id: () => undefined,
    })),
  };
}
