import { Fault } from '@beamline/core';
import type { Slot } from '@beamline/core';
import type { Column, PageImage } from '@beamline/ecs';
import { PAGE_ROWS, pageImageDigest, parsePage } from '@beamline/ecs';
import type { PageText, SnapshotIndex } from '@beamline/kernel/operator';
import { worldDigestOf } from './image-digest.ts';
import type { WorldImage } from './world-image.ts';
import { pageCountOf, tableOfPages } from './world-image.ts';

export interface ReceivedPage {
  digest: string;
  stamp: Slot;
  /** Absent when the page was not asked for. */
  image?: PageImage;
}

export interface ReceivedTable {
  name: string;
  columns: readonly Column[];
  rows: number;
  pages: readonly ReceivedPage[];
}

/**
 * What a process sent, checked outside: each page parsed, its digest and the world's recomputed and compared with the
 * index.
 * @throws Fault `persistence/bad-snapshot`; retryable, since nothing says that the next answer is damaged too.
 */
export async function receiveTables(
  index: SnapshotIndex, pages: AsyncIterable<PageText> | Iterable<PageText>,
): Promise<ReceivedTable[]> {
  const texts = new Map<string, string>();
  for await (const { table, page, text } of pages) texts.set(`${table}/${page}`, text);

  const tables = index.tables.map(({ name, columns, rows, pages: listed }): ReceivedTable => {
    if (listed.length !== pageCountOf(rows)) throw badSnapshot(index, `lists ${listed.length} pages for ${rows} rows of ${name}`);
    return {
      name, columns, rows,
      pages: listed.map(({ digest, stamp }, n): ReceivedPage => {
        const text = texts.get(`${name}/${n}`);
        if (text === undefined) return { digest, stamp };
        const image = parse(index, `page ${n} of table ${name}`, columns, text);
        const actual = `${image.rows} rows and digest ${pageImageDigest(columns, image)}`;
        const listedAs = `${Math.min(PAGE_ROWS, rows - n * PAGE_ROWS)} rows and digest ${digest}`;
        if (actual !== listedAs) throw badSnapshot(index, `has ${actual} in page ${n} of table ${name}; its index says ${listedAs}`);
        return { digest, stamp, image };
      }),
    };
  });
  const digest = worldDigestOf(tables);
  if (digest !== index.digest) throw badSnapshot(index, `claims digest ${index.digest}, its pages give ${digest}`);
  return tables;
}

/** A snapshot that was asked for whole, decoded. @throws Fault `persistence/bad-snapshot` */
export async function receiveImage(
  index: SnapshotIndex, pages: AsyncIterable<PageText> | Iterable<PageText>,
): Promise<WorldImage> {
  const tables = (await receiveTables(index, pages)).map((table) => {
    const images = table.pages.map(({ image }, n) => image ?? notSent(index, table.name, n));
    return tableOfPages(table.name, table.columns, images, table.pages.map(({ stamp }) => stamp));
  });
  return { slot: index.slot, layout: index.layout, tables };
}

export function notSent(index: SnapshotIndex, table: string, page: number): never {
  throw badSnapshot(index, `lacks page ${page} of table ${table}`);
}

function parse(index: SnapshotIndex, what: string, columns: readonly Column[], text: string): PageImage {
  try {
    return parsePage(columns, text);
  } catch (reason) {
    throw badSnapshot(index, `has a malformed ${what}: ${String(reason)}`);
  }
}

function badSnapshot({ slot }: SnapshotIndex, how: string): Fault {
  return new Fault('persistence/bad-snapshot', `the snapshot of slot ${slot} ${how}`, {
    hint: 'Take it again. If it stays, the node or something on the way changes its answers.',
    retryable: true,
    details: { slot },
  });
}
