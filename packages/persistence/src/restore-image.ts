import { Fault } from '@beamline/core';
import type { ProcessId } from '@beamline/core';
import type { PageImage } from '@beamline/ecs';
import { pageImageDigest, pageImageText } from '@beamline/ecs';
import type { Operator, PageText } from '@beamline/kernel/operator';
import { worldDigestOf } from './image-digest.ts';
import { arrangeTables } from './migration/arrange-tables.ts';
import type { TableImage, WorldImage } from './world-image.ts';
import { pagesOf } from './world-image.ts';

export interface RestoreImageOptions {
  /** Signs as the owner of the process. */
  operator: Pick<Operator, 'snapshot' | 'restore' | 'health'>;
  image: WorldImage;
  /** In standby, of a bundle with the image's layout. */
  process: ProcessId;
}

export interface Restored {
  digest: string;
  /** Pages of the image. */
  pages: number;
  /** Of these, sent; the process held the others already. */
  pagesSent: number;
}

/** Later than any slot: an index without pages. */
const NO_PAGES = Number.MAX_SAFE_INTEGER;

interface RestorePage {
  table: TableImage;
  page: number;
  image: PageImage;
  digest: string;
}

/**
 * Makes a standby process hold this world, all or nothing. Only pages that differ from what it holds are sent, so that
 * restoring again after a little change costs little. Safe to repeat.
 * @throws Fault `persistence/layout-mismatch` before anything is sent; `persistence/not-restored` when the process does
 * not report the digest afterwards; the operator's (`kernel/wrong-phase`, `kernel/digest-mismatch`, …).
 */
export async function restoreImage(
  { operator, image, process }: RestoreImageOptions, signal?: AbortSignal,
): Promise<Restored> {
  const { index } = await operator.snapshot(process, { since: NO_PAGES }, signal);
  if (index.layout !== image.layout) {
    throw new Fault('persistence/layout-mismatch', `the world has layout ${image.layout}, process ${process} has ${index.layout}`, {
      hint: 'Give the migrations that lead from one to the other, or restore into a process of the release that wrote the snapshot.',
    });
  }
  const tables = arrangeTables(image.tables, index.tables);
  const pages = tables.map(restorePages);
  const digest = worldDigestOf(tables.map(({ name, rows }, t) => ({ name, rows, pages: pages[t]! })));
  const missing = tables.flatMap((_, t) =>
    pages[t]!.filter(({ page, digest: wanted }) => index.tables[t]!.pages[page]?.digest !== wanted));

  await operator.restore(process, { layout: image.layout, digest, tables, pages: texts(missing), base: 'current' }, signal);

  const health = await operator.health(process, signal);
  if (health?.digest !== digest) {
    throw new Fault('persistence/not-restored', `process ${process} reports digest ${String(health?.digest)} instead of ${digest}`, {
      hint: 'Something else wrote to the process. Retire it and restore into a fresh one.',
    });
  }
  return { digest, pages: pages.flat().length, pagesSent: missing.length };
}

function restorePages(table: TableImage): RestorePage[] {
  return pagesOf(table).map((image, page) => ({ table, page, image, digest: pageImageDigest(table.columns, image) }));
}

function* texts(pages: readonly RestorePage[]): Iterable<PageText> {
  for (const { table, page, image } of pages) {
    yield { table: table.name, page, text: pageImageText(table.columns, image) };
  }
}
