import { Fault } from '@beamline/core';
import type { Slot } from '@beamline/core';
import { PAGE_ROWS, pageImageDigest, pageImageText, parsePage } from '@beamline/ecs';
import type { Column, PageImage } from '@beamline/ecs';
import type { PageText, SnapshotReply } from '@beamline/kernel/operator';
import type { Cells, TableImage, WorldImage } from '@beamline/persistence';

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

  const tables = index.tables.map(({ name, columns, rows, pages }): TableImage => {
    const old = before?.image.tables.find((table) => table.name === name);
    if (old !== undefined && old.rows === rows && pages.every((_, n) => !fresh.has(`${name}/${n}`))) return old;
    const images = pages.map(({ digest }, n) => {
      const text = fresh.get(`${name}/${n}`)?.text;
      const page = text === undefined ? knownPage(old, n) : parsed(columns, text, `${name}/${n}`);
      if (page === undefined) throw bad(`page ${name}/${n} is missing`);
      if (pageImageDigest(columns, page) !== digest) throw bad(`page ${name}/${n} does not have digest ${digest}`);
      return page;
    });
    return { name, columns, rows, data: joined(columns, images), stamps: pages.map(({ stamp }) => stamp) };
  });
  return { slot: reply.slot, digest: index.digest, image: { slot: reply.slot, layout: index.layout, tables } };
}

/** Pages of `wanted` that `held` does not have, or has otherwise. */
export function differingPages(wanted: WorldImage, held: WorldImage | undefined): PageText[] {
  const pages: PageText[] = [];
  for (const table of wanted.tables) {
    const old = held?.tables.find(({ name }) => name === table.name);
    if (old === table) continue;
    for (let page = 0; page * PAGE_ROWS < table.rows; page += 1) {
      if (old !== undefined && samePage(table, old, page)) continue;
      pages.push({ table: table.name, page, text: pageImageText(table.columns, pageAt(table, page)) });
    }
  }
  return pages;
}

export const sameRows = (a: WorldImage, b: WorldImage): boolean =>
  a.tables.length === b.tables.length && a.tables.every(({ rows }, n) => rows === b.tables[n]!.rows);

function samePage(a: TableImage, b: TableImage, page: number): boolean {
  const from = page * PAGE_ROWS;
  const to = Math.min(a.rows, from + PAGE_ROWS);
  if (Math.min(b.rows, from + PAGE_ROWS) !== to || a.columns.length !== b.columns.length) return false;
  return a.data.every((cells, c) => {
    const others = b.data[c]!;
    if (cells === others) return true;
    for (let row = from; row < to; row += 1) if (cells[row] !== others[row]) return false;
    return true;
  });
}

function pageAt({ rows, data }: TableImage, page: number): PageImage {
  const from = page * PAGE_ROWS;
  const to = Math.min(rows, from + PAGE_ROWS);
  return { rows: to - from, columns: data.map((cells) => cells.slice(from, to)) };
}

const knownPage = (table: TableImage | undefined, page: number): PageImage | undefined =>
  table === undefined || page * PAGE_ROWS >= table.rows ? undefined : pageAt(table, page);

function joined(columns: readonly Column[], pages: readonly PageImage[]): Cells[] {
  return columns.map((_, c) => pages.flatMap((page) => page.columns[c] as (number | string)[]) as Cells);
}

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
