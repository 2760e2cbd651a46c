import type { ProcessId, Slot } from '@beamline/core';
import type { Column } from '@beamline/ecs';
import type { PageId } from './snapshot-store.ts';
import type { SnapshotRef } from './snapshot-ref.ts';

/** One page as a manifest names it. */
export interface PageEntry {
  id: PageId;
  /** In-process digest, `h1-h2` decimal. Worlds that live in JavaScript have none. */
  digest?: string;
  /** Slot of the last write, as the process counts them. */
  stamp: Slot;
}

export interface TableEntry {
  name: string;
  columns: readonly Column[];
  rows: number;
  pages: readonly PageEntry[];
}

/** What a snapshot is, apart from how it names its pages. */
export interface SnapshotContent<Table = TableEntry> {
  game: string;
  role: string;
  process: ProcessId;
  slot: Slot;
  /** When it was taken, by the clock of whoever took it, in ms. For retention and people; no order follows from it. */
  takenAt?: number;
  /** Hash of the layout. */
  layout: string;
  /** In the process's order. */
  tables: readonly Table[];
  /** In-process digest of the whole world. Worlds that live in JavaScript have none. */
  digest?: string;
  /** The snapshot this one took its unchanged pages from. Not needed to read it: every page is named here. */
  parent?: SnapshotRef;
}

/** A manifest with every page it names: names and hashes; the cells are in the pages. */
export interface Manifest extends SnapshotContent {
  /** Of the stored form. */
  version: 1 | 2;
  /** SHA-256 Merkle root, see image-root.ts. */
  root: string;
}

/** A table whose pages are named by index blocks (index-block.ts): pages of the store that name 32 pages each. */
export interface BlockedTable extends Omit<TableEntry, 'pages'> {
  blocks: readonly PageId[];
}

/** A manifest as it is stored: version 1 names pages, version 2 the blocks that name them. */
export type StoredManifest =
  | SnapshotContent & { version: 1; root: string }
  | SnapshotContent<BlockedTable> & { version: 2; root: string };
