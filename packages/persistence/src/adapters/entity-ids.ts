/**
 * Names for entities that outlive a world: the ECS gives others to the same entities after a restore. An id is given once,
 * in the order in which entities are first seen; 0 is none.
 */
export interface EntityIds<E> {
  /** Takes in who is alive now: new ones get ids, ids of the dead are retired. */
  renew(alive: Iterable<E>): void;
  /** 0 for what is not alive. */
  of(entity: E): number;
  entity(id: number): E | undefined;
  /** Ascending. */
  all(): readonly number[];
  /** The next id that will be given. */
  next(): number;
  /** Begins anew with ids from a snapshot. */
  restore(next: number): void;
  bind(id: number, entity: E): void;
}

export function createEntityIds<E>(): EntityIds<E> {
  let ids = new Map<E, number>();
  let entities = new Map<number, E>();
  let next = 1;
  return {
    renew(alive) {
      const before = ids;
      ids = new Map();
      const fresh: E[] = [];
      for (const entity of alive) {
        const id = before.get(entity);
        if (id === undefined) fresh.push(entity);
        else ids.set(entity, id);
      }
      for (const entity of fresh) {
        ids.set(entity, next);
        next += 1;
      }
      entities = new Map([...ids].map(([entity, id]) => [id, entity]));
    },
    of: (entity) => ids.get(entity) ?? 0,
    entity: (id) => entities.get(id),
    all: () => [...entities.keys()].sort((a, b) => a - b),
    next: () => next,
    restore(from) {
      ids = new Map();
      entities = new Map();
      next = from;
    },
    bind(id, entity) {
      ids.set(entity, id);
      entities.set(id, entity);
    },
  };
}
