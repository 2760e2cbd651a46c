import type { Slot } from '@beamline/core';
import type { Column, FieldKind } from '@beamline/ecs';
import { PAGE_ROWS } from '@beamline/ecs';
import { BLOCK_PAGES, blockCountOf, indexBlocks } from '../index-block.ts';
import type { BlockedTable, PageEntry, TableEntry } from '../manifest.ts';
import { createMerkleTree, type MerkleTree } from '../merkle-tree.ts';
import type { Page, PageId } from '../snapshot-store.ts';
import type { TableSource } from './column-source.ts';

/** What a snapshotter knows of a table's pages: as of the last snapshot, or gathered for the next. */
export interface TableDraft {
  name: string;
  columns: readonly Column[];
  kinds: readonly FieldKind[];
  rows: number;
  entries: PageEntry[];
  /** Per page: the slot at which it was read, and how many rows it had. */
  readAt: Slot[];
  readRows: number[];
  /** Pages that were written while the last snapshot was under way: the next one reads them last. */
  hot: Set<number>;
  /** Ids of the index blocks, and those whose pages changed since they were made. */
  blocks: PageId[];
  changedBlocks: Set<number>;
  tree: MerkleTree;
}

export function emptyDraft({ name, columns }: Pick<TableSource, 'name' | 'columns'>): TableDraft {
  return {
    name, columns, kinds: columns.map(({ kind }) => kind), rows: 0, entries: [], readAt: [], readRows: [], hot: new Set(), blocks: [], changedBlocks: new Set(), tree: createMerkleTree(),
  };
}

/** A table as a stored snapshot of `slot` has it. */
export function draftOfEntry({ name, columns, rows, pages }: TableEntry, slot: Slot): TableDraft {
  return {
    ...emptyDraft({ name, columns }), rows,
    entries: pages.map(({ id, stamp }) => ({ id, stamp })),
    readAt: pages.map(() => slot),
    readRows: pages.map((_, n) => rowsOfPage(rows, n)),
    changedBlocks: new Set(Array.from({ length: blockCountOf(pages.length) }, (_, n) => n)),
    tree: createMerkleTree(pages.map(({ id }) => id)),
  };
}

/** One to change, so that a snapshot that fails leaves nothing half-noted behind. */
export function copyDraft(draft: TableDraft): TableDraft {
  return {
    ...draft,
    entries: draft.entries.slice(), readAt: draft.readAt.slice(), readRows: draft.readRows.slice(), blocks: draft.blocks.slice(),
    hot: new Set(draft.hot), changedBlocks: new Set(draft.changedBlocks), tree: draft.tree.copy(),
  };
}

/** Rows of one page: 1,024, fewer in the last. */
export function rowsOfPage(rows: number, page: number): number {
  return Math.min(PAGE_ROWS, rows - page * PAGE_ROWS);
}

/** Whether a page has to be read (again). */
export function isStale(draft: TableDraft, table: TableSource, page: number): boolean {
  const readAt = draft.readAt[page];
  return readAt === undefined || table.stamp(page) > readAt || draft.readRows[page] !== rowsOfPage(table.rows, page);
}

/** Notes that a page was read as of a slot; `noteEntry` says what it is. */
export function noteRead(draft: TableDraft, page: number, slot: Slot, rows: number): void {
  draft.readAt[page] = slot;
  draft.readRows[page] = rows;
}

/** Whether this is news. A page that was written and came out the same keeps its entry, and its index block. */
export function noteEntry(draft: TableDraft, page: number, entry: PageEntry): boolean {
  if (draft.entries[page]?.id === entry.id) return false;
  draft.entries[page] = entry;
  draft.tree.set(page, entry.id);
  draft.changedBlocks.add(Math.floor(page / BLOCK_PAGES));
  return true;
}

/** Drops pages beyond the table's rows. */
export function dropSurplus(draft: TableDraft): void {
  const pages = Math.ceil(draft.rows / PAGE_ROWS);
  if (draft.entries.length <= pages) return;
  for (const list of [draft.entries, draft.readAt, draft.readRows]) list.length = pages;
  draft.tree.truncate(pages);
  draft.blocks.length = Math.min(draft.blocks.length, blockCountOf(pages));
  if (pages > 0) draft.changedBlocks.add(blockCountOf(pages) - 1);
}

/** Makes the index blocks whose pages changed; those that are new are returned, to be put. */
export function renewBlocks(draft: TableDraft): Page[] {
  const made: Page[] = [];
  for (const n of draft.changedBlocks) {
    const [block] = indexBlocks(draft.entries.slice(n * BLOCK_PAGES, (n + 1) * BLOCK_PAGES));
    if (block === undefined || draft.blocks[n] === block.id) continue;
    draft.blocks[n] = block.id;
    made.push(block);
  }
  draft.changedBlocks.clear();
  return made;
}

export function blockedTable({ name, columns, rows, blocks }: TableDraft): BlockedTable {
  return { name, columns, rows, blocks };
}
