import { Fault } from '@beamline/core';
import type { PageImage } from '@beamline/ecs';
import type { DiffSide, SideTable } from './diff-side.ts';
import { createOldRows } from './old-rows.ts';
import { isSamePage, keyedChanges, removedRows, unkeyedChanges } from './page-changes.ts';
import type { DiffSummary, TableSummary, WorldChange } from './world-change.ts';

export interface DiffOptions {
  /** Only these tables. @default all */
  tables?: readonly string[];
  /** Only this entity. */
  entity?: number;
  /** Counts by table, growing as changes are given out. */
  summary?: Record<string, TableSummary>;
}

/** Pages on their way at once. */
const READS = 16;

/**
 * What differs between two worlds of one layout, row by row: tables in the order of `b`, within each what was added or
 * changed in the order of its rows, then what was removed. Rows of components are matched by entity, wherever they
 * stand. Pages that both sides name alike are not read; in memory at once is, of one table, what differs in `a`.
 * @throws Fault `persistence/layout-mismatch`, `persistence/bad-selection`; the store's.
 */
export async function* diffWorlds(a: DiffSide, b: DiffSide, options: DiffOptions = {}): AsyncGenerator<WorldChange> {
  for await (const batch of diffBatches(a, b, options)) yield* batch;
}

/** The counts alone. */
export async function diffSummary(a: DiffSide, b: DiffSide, options: Omit<DiffOptions, 'summary'> = {}): Promise<DiffSummary> {
  const summary: Record<string, TableSummary> = {};
  for await (const _ of diffBatches(a, b, { ...options, summary })) { /* counted on the way */ }
  return summary;
}

/** The same a page's worth at a time: a step of an async generator costs more than a change. */
export async function* diffBatches(a: DiffSide, b: DiffSide, { tables, entity, summary = {} }: DiffOptions = {}): AsyncGenerator<readonly WorldChange[]> {
  if (a.layout !== b.layout) {
    throw new Fault('persistence/layout-mismatch', `one world has layout ${a.layout}, the other ${b.layout}`, { hint: 'Give the migrations that lead from one to the other.' });
  }
  for (const name of tables ?? b.tables.map((table) => table.name)) {
    const [before, after] = [a, b].map((side) => side.tables.find((table) => table.name === name));
    if (before === undefined || after === undefined) {
      throw new Fault('persistence/bad-selection', `there is no table ${name}`, { hint: `There are ${b.tables.map((table) => table.name).join(', ')}.` });
    }
    const counts: TableSummary = { added: 0, removed: 0, changed: 0, pages: { differing: 0, equal: 0 } };
    for await (const batch of diffTable(before, after, counts.pages)) {
      const wanted = entity === undefined ? batch : batch.filter((change) => change.entity === entity);
      for (const { what } of wanted) counts[what] += 1;
      if (counts.pages.differing > 0) summary[name] = counts;
      if (wanted.length > 0) yield wanted;
    }
  }
}

async function* diffTable(a: SideTable, b: SideTable, pages: TableSummary['pages']): AsyncGenerator<WorldChange[]> {
  const numbers: number[] = [];
  for (let n = 0; n < Math.max(a.pageCount, b.pageCount); n += 1) {
    const id = a.id(n);
    if (id !== undefined && id === b.id(n)) pages.equal += 1;
    else numbers.push(n);
  }
  const isKeyed = b.columns[0]?.name === '$entity';
  const old = await readPages(a, numbers);
  const rows = createOldRows(isKeyed ? [...old.values()] : []);
  for (let at = 0; at < numbers.length; at += READS) {
    const batch = numbers.slice(at, at + READS);
    const now = await readPages(b, batch);
    for (const n of batch) {
      const [before, after] = [old.get(n), now.get(n)];
      if (before !== undefined && after !== undefined && isSamePage(before, after)) {
        pages.equal += 1;
        if (isKeyed) rows.settle(before);
        continue;
      }
      pages.differing += 1;
      if (!isKeyed) yield unkeyedChanges(b, n, before, after);
      else if (after !== undefined) yield keyedChanges(b, after, rows);
      else yield [];
    }
  }
  if (isKeyed) yield removedRows(b, rows);
}

async function readPages(side: SideTable, numbers: readonly number[]): Promise<Map<number, PageImage>> {
  const found = new Map<number, PageImage>();
  const there = numbers.filter((n) => n < side.pageCount);
  for (let at = 0; at < there.length; at += READS) {
    const batch = await Promise.all(there.slice(at, at + READS).map(async (n) => [n, await side.page(n)] as const));
    for (const [n, page] of batch) found.set(n, page);
  }
  return found;
}
