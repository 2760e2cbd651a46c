import { Fault } from '@beamline/core';
import type { Slot } from '@beamline/core';
import { PAGE_ROWS, pageImageDigest, pageImageText, parsePage } from '@beamline/ecs';
import type { Column, PageImage } from '@beamline/ecs';
import type { PageText, SnapshotIndex, SnapshotReply } from '@beamline/kernel/operator';
import { pageDigestsOf, pageOf, withPageDigests, type TableImage, type WorldImage } from '@beamline/persistence';

type TableIndex = SnapshotIndex['tables'][number];

/** A process's state as of `slot`. Tables that did not change from one read to the next are the same objects. */
export interface KnownWorld {
  slot: Slot;
  image: WorldImage;
  /** Digest kept inside the process. */
  digest: string;
}

/**
 * Puts a snapshot's pages on top of what was known. With a delta, `before` must be the state it was taken since.
 * @throws Fault `deployer/bad-snapshot` when pages are missing or don't have the digest the process gives them
 */
export async function readWorld(reply: SnapshotReply, before: KnownWorld | undefined, signal?: AbortSignal): Promise<KnownWorld> {
  const { index } = reply;
  const fresh = new Map<string, PageText>();
  for await (const page of reply.pages(signal)) fresh.set(`${page.table}/${page.page}`, page);

  const tables = index.tables.map((table): TableImage => {
    const old = before?.image.tables.find(({ name }) => name === table.name);
    const texts = table.pages.map((_, n) => fresh.get(`${table.name}/${n}`)?.text);
    return old !== undefined && old.rows === table.rows && texts.every((text) => text === undefined) ? old : readTable(table, texts, old);
  });
  return { slot: reply.slot, digest: index.digest, image: { slot: reply.slot, layout: index.layout, tables } };
}

/** What did not change is taken from `old` as it is: its digests were verified when it was read. */
function readTable({ name, columns, rows, pages }: TableIndex, texts: readonly (string | undefined)[], old: TableImage | undefined): TableImage {
  const known = old === undefined ? [] : pageDigestsOf(old);
  const data = columns.map((_, c) => (old === undefined ? [] : [...old.data[c]!.slice(0, rows)]));
  for (const [n, { digest }] of pages.entries()) {
    const text = texts[n];
    if (text === undefined && known[n] === undefined) throw bad(`page ${name}/${n} is missing`);
    const page = text === undefined ? undefined : parsed(columns, text, `${name}/${n}`);
    for (const [c, cells] of (page?.columns ?? []).entries()) for (const [row, cell] of cells.entries()) data[c]![n * PAGE_ROWS + row] = cell;
    if ((page === undefined ? known[n] : pageImageDigest(columns, page)) !== digest) throw bad(`page ${name}/${n} does not have digest ${digest}`);
  }
  return withPageDigests({ name, columns, rows, data, stamps: pages.map(({ stamp }) => stamp) }, pages.map(({ digest }) => digest));
}

/** Pages of `wanted` that `held` does not have, or has otherwise, by the digests that decide inside the process, too. */
export function differingPages(wanted: WorldImage, held: WorldImage | undefined): PageText[] {
  const pages: PageText[] = [];
  for (const table of wanted.tables) {
    const old = held?.tables.find(({ name }) => name === table.name);
    if (old === table) continue;
    const known = old === undefined || old.columns.length !== table.columns.length ? [] : pageDigestsOf(old);
    for (const [page, digest] of pageDigestsOf(table).entries()) {
      if (digest !== known[page]) pages.push({ table: table.name, page, text: pageImageText(table.columns, pageOf(table, page)) });
    }
  }
  return pages;
}

export const sameRows = (a: WorldImage, b: WorldImage): boolean =>
  a.tables.length === b.tables.length && a.tables.every(({ rows }, n) => rows === b.tables[n]!.rows);

function parsed(columns: readonly Column[], text: string, name: string): PageImage {
  try {
    return parsePage(columns, text);
  } catch (error) {
    throw bad(`page ${name}: ${String(error)}`);
  }
}

function bad(what: string): Fault {
  return new Fault('deployer/bad-snapshot', `a snapshot cannot be read: ${what}`, {
    hint: 'The node answered with something else than the process computed. It is read again, whole.', retryable: true,
  });
}
