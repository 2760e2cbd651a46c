const INDEX_MASK = 0xfffff;

/** Entities that are alive in one world, where an index names at most one: a mark per index instead of a hash. */
export interface EntitySet {
  has(entity: number): boolean;
  add(entity: number): void;
}

export function createEntitySet(entities: Iterable<number> = []): EntitySet {
  const marks = new Uint8Array(INDEX_MASK + 1);
  for (const entity of entities) marks[entity & INDEX_MASK] = 1;
  return {
    has: (entity) => marks[entity & INDEX_MASK] === 1,
    add: (entity) => { marks[entity & INDEX_MASK] = 1; },
  };
}

/** Ascending: often they are already, as handles are given out that way. */
export function ascending(entities: readonly number[]): number[] {
  for (let n = 1; n < entities.length; n += 1) {
    if (entities[n - 1]! > entities[n]!) return [...Float64Array.from(entities).sort()];
  }
  return [...entities];
}
