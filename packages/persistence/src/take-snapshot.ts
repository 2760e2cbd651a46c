import { Fault } from '@beamline/core';
import type { Clock, ProcessId } from '@beamline/core';
import { pageBytes } from '@beamline/ecs';
import type { Operator } from '@beamline/kernel/operator';
import type { Manifest, PageEntry, TableEntry } from './manifest.ts';
import { namedPage } from './named-page.ts';
import { readManifest } from './read-manifest.ts';
import { notSent, receiveTables, type ReceivedTable } from './receive-tables.ts';
import type { SnapshotRef } from './snapshot-ref.ts';
import type { Page, SnapshotStore } from './snapshot-store.ts';
import { storeSnapshot, type SnapshotReceipt } from './write-image.ts';

export interface TakeSnapshotOptions {
  /** Signs as the owner of the process. */
  operator: Pick<Operator, 'snapshot'>;
  store: SnapshotStore;
  clock: Clock;
  process: ProcessId;
  game: string;
  role: string;
  /** A snapshot of the same process: only pages written since are asked for. */
  parent?: SnapshotRef;
}

/**
 * Stores the state of a running process, without stopping it, as of one slot. Digests of all received pages, and of the
 * world, are recomputed here and compared with what the process says.
 * @throws Fault `persistence/parent-mismatch` when the parent is no ancestor of this state, `persistence/bad-snapshot`,
 * the store's, and the operator's.
 */
export async function takeSnapshot(
  { operator, store, clock, process, game, role, parent }: TakeSnapshotOptions, signal?: AbortSignal,
): Promise<SnapshotReceipt & { ms: number }> {
  const startedAt = clock.now();
  const base = parent === undefined ? undefined : await readManifest(store, parent);
  if (base !== undefined && base.process !== process) {
    throw parentMismatch(base, `is of process ${base.process}, not of ${process}`);
  }
  const reply = await operator.snapshot(process, base === undefined ? {} : { since: base.slot }, signal);
  if (base !== undefined && base.layout !== reply.index.layout) throw parentMismatch(base, 'has another layout');

  const pages: Page[] = [];
  const tables = (await receiveTables(reply.index, reply.pages(signal))).map((table): TableEntry => ({
    name: table.name,
    columns: table.columns,
    rows: table.rows,
    pages: table.pages.map(({ digest, stamp, image }, n): PageEntry => {
      if (image === undefined) {
        return { id: base === undefined ? notSent(reply.index, table.name, n) : reusedId(base, table, n), digest, stamp };
      }
      const named = namedPage(pageBytes(table.columns, image), table.columns.map(({ kind }) => kind));
      pages.push(named);
      return { id: named.id, digest, stamp };
    }),
  }));
  const { slot, index: { layout, digest } } = reply;
  const content = { game, role, process, slot, takenAt: startedAt, layout, tables, digest, ...(parent && { parent }) };
  const receipt = await storeSnapshot({ store, content, pages, base });
  return { ...receipt, ms: clock.now() - startedAt };
}

/** The parent's page, provided that it has the digest the process has there now. */
function reusedId(base: Manifest, { name, pages }: ReceivedTable, n: number): string {
  const page = base.tables.find((table) => table.name === name)?.pages[n];
  if (page !== undefined && page.digest === pages[n]!.digest) return page.id;
  throw parentMismatch(base, `differs in page ${n} of table ${name}, which was not written since`);
}

function parentMismatch({ process, slot }: Manifest, how: string): Fault {
  return new Fault('persistence/parent-mismatch', `the parent, slot ${slot} of ${process}, ${how}`, {
    hint: 'Take a full snapshot: leave the parent out.',
  });
}
