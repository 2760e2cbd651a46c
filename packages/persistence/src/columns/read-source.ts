import type { Slot } from '@beamline/core';
import { PAGE_ROWS } from '@beamline/ecs';
import type { ColumnSource, TableSource } from './column-source.ts';
import type { PageStream } from './page-stream.ts';
import { isStale, noteEntry, noteRead, rowsOfPage, type TableDraft } from './table-draft.ts';
import { pageSize, writePage } from './write-page.ts';

/** Lets the world run when a slice's worth of bytes was read; `undefined`: not yet. */
export type Rest = (bytes: number) => Promise<unknown> | undefined;

/** What was read. */
export interface SourceRead {
  /** Of the state the drafts describe once all pages are named. */
  slot: Slot;
  pagesRead: number;
  bytesAtCut: number;
}

/**
 * Brings drafts to one slot of a world that goes on meanwhile. First the pages that rest, slice by slice; then, in one
 * go between two slots, a copy of those that were written since they were read, or were written during the last snapshot
 * too. Changed pages go into `stream`.
 */
export async function readSource(source: ColumnSource, drafts: readonly TableDraft[], stream: PageStream, rest: Rest): Promise<SourceRead> {
  const startedAt = source.slot();
  let pagesRead = 0;
  let tables = source.tables();
  for (const [t, draft] of drafts.entries()) {
    for (let page = 0; page * PAGE_ROWS < tables[t]!.rows; page += 1) {
      if (draft.hot.has(page) || !isStale(draft, tables[t]!, page)) continue;
      const read = copyPage(draft, tables[t]!, page, source.slot(), stream, stream.room);
      if (read === undefined) {
        await stream.makeRoom();
        // The world may have gone on: look at the same page again.
        page -= 1;
      } else {
        pagesRead += 1;
        const pause = rest(read);
        if (pause === undefined) continue;
        await pause;
      }
      tables = source.tables();
    }
  }
  const cut = copyRest(source, drafts, startedAt, stream);
  return { ...cut, pagesRead: pagesRead + cut.pagesRead };
}

/** The cut: nothing in here waits, so the world stands still. */
function copyRest(source: ColumnSource, drafts: readonly TableDraft[], startedAt: Slot, stream: PageStream): SourceRead {
  const slot = source.slot();
  let pagesRead = 0;
  let bytesAtCut = 0;
  for (const [t, table] of source.tables().entries()) {
    const draft = drafts[t]!;
    draft.rows = table.rows;
    for (let page = 0; page * PAGE_ROWS < table.rows; page += 1) {
      if (!isStale(draft, table, page)) continue;
      bytesAtCut += copyPage(draft, table, page, slot, stream, stream.roomNow)!;
      pagesRead += 1;
      if (table.stamp(page) > startedAt) draft.hot.add(page);
      else draft.hot.delete(page);
    }
  }
  return { slot, pagesRead, bytesAtCut };
}

/** Bytes of the page; `undefined`: no room. */
function copyPage(
  draft: TableDraft, table: TableSource, page: number, slot: Slot, stream: PageStream, roomFor: (bytes: number) => Buffer | undefined,
): number | undefined {
  const from = page * PAGE_ROWS;
  const rows = rowsOfPage(table.rows, page);
  const cells = table.columns.map((_, c) => table.cells(c, from, from + rows));
  const room = roomFor(pageSize(table.columns, cells, rows));
  if (room === undefined) return undefined;
  writePage(room, table.columns, cells, rows, table.name, from);
  noteRead(draft, page, slot, rows);
  const stamp = table.stamp(page);
  stream.keep(room, draft.kinds, (id) => noteEntry(draft, page, { id, stamp }));
  return room.length;
}
