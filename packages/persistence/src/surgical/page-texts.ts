import { PAGE_ROWS, pageImageText } from '@beamline/ecs';
import type { PageText } from '@beamline/kernel/operator';
import { pageCountOf, pageOf, tableNamed, type TableImage, type WorldImage } from '../world-image.ts';
import { isSamePage } from './page-changes.ts';

/** Pages that stay as long as they are while rows are added: all but the last. */
const fullPages = ({ rows }: Pick<TableImage, 'rows'>): number => Math.floor(rows / PAGE_ROWS);

/** Pages of a world that may be staged before its last rows are known. */
export function earlyPages(image: WorldImage): PageText[] {
  return image.tables.flatMap((table) => Array.from({ length: fullPages(table) }, (_, page) => textOf(table, page)));
}

/**
 * What is to be added to the early pages of `draft`, so that all of `image` is there; `undefined` when some of them are
 * too many: staged pages cannot be taken back.
 */
export function latePages(image: WorldImage, draft: WorldImage): PageText[] | undefined {
  const late: PageText[] = [];
  for (const table of image.tables) {
    const early = tableNamed(draft, table.name);
    const staged = early === undefined ? 0 : fullPages(early);
    if (staged > fullPages(table)) return undefined;
    for (let page = 0; page < pageCountOf(table.rows); page += 1) {
      if (page < staged && isSamePage(pageOf(table, page), pageOf(early!, page))) continue;
      late.push(textOf(table, page));
    }
  }
  return late;
}

const textOf = (table: TableImage, page: number): PageText =>
  ({ table: table.name, page, text: pageImageText(table.columns, pageOf(table, page)) });
