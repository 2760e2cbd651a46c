import type { PageImage } from '@beamline/ecs';
import { PAGE_ROWS } from '@beamline/ecs';

const INDEX_MASK = 0xfffff;
/** Above this an array of all indexes is quicker than a map, and smaller. */
const FEW_ROWS = 4096;

export interface OldRow {
  page: PageImage;
  row: number;
}

/** Rows of a component as they were, found by entity and crossed out once found. */
export interface OldRows {
  take(entity: number): OldRow | undefined;
  /** Crosses out a whole page. */
  settle(page: PageImage): void;
  /** Nobody took these. */
  left(): Iterable<OldRow & { entity: number }>;
}

export function createOldRows(pages: readonly PageImage[]): OldRows {
  const count = pages.length * PAGE_ROWS;
  // Number of a row: its page's place here times 1,024, its place there, and one, so that 0 is none.
  const array = count > FEW_ROWS ? new Int32Array(INDEX_MASK + 1) : undefined;
  const map = new Map<number, number>();
  const set = (index: number, number: number): void => void (array === undefined ? map.set(index, number) : (array[index] = number));
  const entityAt = (number: number): number => pages[(number - 1) >>> 10]!.columns[0]![(number - 1) & (PAGE_ROWS - 1)] as number;
  pages.forEach((page, p) => {
    for (let row = 0; row < page.rows; row += 1) set((page.columns[0]![row] as number) & INDEX_MASK, p * PAGE_ROWS + row + 1);
  });

  function take(entity: number): OldRow | undefined {
    const index = entity & INDEX_MASK;
    const number = array === undefined ? map.get(index) ?? 0 : array[index]!;
    if (number === 0 || entityAt(number) !== entity) return undefined;
    set(index, 0);
    return { page: pages[(number - 1) >>> 10]!, row: (number - 1) & (PAGE_ROWS - 1) };
  }

  return {
    take,
    settle(page) {
      for (let row = 0; row < page.rows; row += 1) take(page.columns[0]![row] as number);
    },
    *left() {
      for (const page of pages) {
        for (let row = 0; row < page.rows; row += 1) {
          const entity = page.columns[0]![row] as number;
          if (take(entity) !== undefined) yield { page, row, entity };
        }
      }
    },
  };
}
