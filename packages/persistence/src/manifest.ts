import type { ProcessId, Slot } from '@beamline/core';
import type { Column } from '@beamline/ecs';
import type { PageId } from './snapshot-store.ts';
import type { SnapshotRef } from './snapshot-ref.ts';

/** One page as a manifest names it. */
export interface PageEntry {
  id: PageId;
  /** In-process digest, `h1-h2` decimal. */
  digest: string;
  /** Slot of the last write, as the process counts them. */
  stamp: Slot;
}

export interface TableEntry {
  name: string;
  columns: readonly Column[];
  rows: number;
  pages: readonly PageEntry[];
}

/** What a snapshot is: names and hashes; the cells are in the pages. */
export interface Manifest {
  version: 1;
  game: string;
  role: string;
  process: ProcessId;
  slot: Slot;
  /** Hash of the layout. */
  layout: string;
  /** In the process's order. */
  tables: readonly TableEntry[];
  /** SHA-256 Merkle root, see image-root.ts. */
  root: string;
  /** In-process digest of the whole world. */
  digest: string;
  /** The snapshot this one took its unchanged pages from. Not needed to read it: every page is named here. */
  parent?: SnapshotRef;
}
