import type { TableImage } from './world-image.ts';

const INDEX_MASK = 0xfffff;
/** Above this an array of all indexes is quicker than a map, and smaller. */
const FEW_ROWS = 4096;

/** Row of an entity in a component's table, or -1. Reads the table once. */
export type RowFinder = (entity: number) => number;

export function rowFinder({ data, rows }: Pick<TableImage, 'data' | 'rows'>): RowFinder {
  const entities = data[0] as ArrayLike<number>;
  if (rows <= FEW_ROWS) {
    const found = new Map<number, number>();
    for (let row = 0; row < rows; row += 1) found.set(entities[row]!, row);
    return (entity) => found.get(entity) ?? -1;
  }
  const rowOf = new Int32Array(INDEX_MASK + 1);
  for (let row = 0; row < rows; row += 1) rowOf[entities[row]! & INDEX_MASK] = row + 1;
  return (entity) => {
    const row = rowOf[entity & INDEX_MASK]! - 1;
    return row >= 0 && entities[row] === entity ? row : -1;
  };
}

export const isComponent = ({ name }: { name: string }): boolean => !name.startsWith('$');
