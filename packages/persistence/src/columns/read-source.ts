import type { Slot } from '@beamline/core';
import { PAGE_ROWS } from '@beamline/ecs';
import { namedPage } from '../named-page.ts';
import type { ColumnSource, TableSource } from './column-source.ts';
import type { PageBatches } from './page-batches.ts';
import { cutTo, isStale, noteEntry, noteRead, rowsOfPage, type TableDraft } from './table-draft.ts';
import { pageSize, writePage } from './write-page.ts';

/** Lets the world run when a slice's worth of bytes was read or hashed; `undefined`: not yet. */
export type Rest = (bytes: number) => Promise<unknown> | undefined;

/** What was read. */
export interface SourceRead {
  /** Of the state the drafts now describe. */
  slot: Slot;
  pagesRead: number;
  bytesAtCut: number;
}

/**
 * Brings drafts to one slot of a world that goes on meanwhile. First the pages that rest, slice by slice; then, in one
 * go between two slots, a copy of those that were written since they were read, or were written during the last snapshot
 * too. Changed pages go into `batches`.
 */
export async function readSource(source: ColumnSource, drafts: readonly TableDraft[], batches: PageBatches, rest: Rest): Promise<SourceRead> {
  const startedAt = source.slot();
  let pagesRead = 0;
  let tables = source.tables();
  for (const [t, draft] of drafts.entries()) {
    for (let page = 0; page * PAGE_ROWS < tables[t]!.rows; page += 1) {
      const table = tables[t]!;
      if (draft.hot.has(page) || !isStale(draft, table, page)) continue;
      const cells = cellsOfPage(table, page);
      const rows = rowsOfPage(table.rows, page);
      const room = batches.room(pageSize(table.columns, cells, rows));
      if (room === undefined) {
        await batches.makeRoom();
        // The world may have gone on: look at the same page again.
        tables = source.tables();
        page -= 1;
        continue;
      }
      writePage(room, table.columns, cells, rows, table.name, page * PAGE_ROWS);
      noteRead(draft, page, source.slot(), rows);
      keepPage(draft, page, table.stamp(page), room, batches);
      pagesRead += 1;
      const pause = rest(room.length);
      if (pause === undefined) continue;
      await pause;
      tables = source.tables();
    }
  }

  const { slot, copies } = copyRest(source, drafts, startedAt);
  let bytesAtCut = 0;
  for (const { draft, page, stamp, bytes } of copies) {
    if (batches.room(0) === undefined) await batches.makeRoom();
    keepPage(draft, page, stamp, bytes, batches);
    bytesAtCut += bytes.length;
    const pause = rest(bytes.length);
    if (pause !== undefined) await pause;
  }
  return { slot, pagesRead: pagesRead + copies.length, bytesAtCut };
}

interface Copy {
  draft: TableDraft;
  page: number;
  stamp: Slot;
  bytes: Buffer;
}

/** The cut: nothing in here waits, so the world stands still. */
function copyRest(source: ColumnSource, drafts: readonly TableDraft[], startedAt: Slot): { slot: Slot; copies: Copy[] } {
  const slot = source.slot();
  const copies: Copy[] = [];
  for (const [t, table] of source.tables().entries()) {
    const draft = drafts[t]!;
    cutTo(draft, table.rows);
    for (let page = 0; page * PAGE_ROWS < table.rows; page += 1) {
      if (!isStale(draft, table, page)) continue;
      const cells = cellsOfPage(table, page);
      const rows = rowsOfPage(table.rows, page);
      const bytes = Buffer.allocUnsafeSlow(pageSize(table.columns, cells, rows));
      writePage(bytes, table.columns, cells, rows, table.name, page * PAGE_ROWS);
      noteRead(draft, page, slot, rows);
      const stamp = table.stamp(page);
      if (stamp > startedAt) draft.hot.add(page);
      else draft.hot.delete(page);
      copies.push({ draft, page, stamp, bytes });
    }
  }
  return { slot, copies };
}

function cellsOfPage(table: TableSource, page: number) {
  const from = page * PAGE_ROWS;
  const to = Math.min(from + PAGE_ROWS, table.rows);
  return table.columns.map((_, c) => table.cells(c, from, to));
}

function keepPage(draft: TableDraft, page: number, stamp: Slot, bytes: Buffer, batches: PageBatches): void {
  const named = namedPage(bytes, draft.kinds);
  if (noteEntry(draft, page, { id: named.id, stamp })) batches.keep(named);
}
