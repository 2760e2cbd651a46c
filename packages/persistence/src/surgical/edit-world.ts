import { Fault } from '@beamline/core';
import { pageCountOf, tableNamed, type TableImage, type WorldImage } from '../world-image.ts';
import { isComponent, rowFinder, type RowFinder } from '../row-finder.ts';

type Cell = number | string;

/**
 * A world being changed outside of any process, by the rules of `@beamline/ecs`: handles are handed out as `addEntity`
 * does, a removed row is filled by the last one. The image it began with stays as it is.
 */
export interface WorldEdit {
  isAlive(entity: number): boolean;
  /** @throws Fault `persistence/world-full` */
  spawn(): number;
  /**
   * Brings a removed entity back under its old handle, without components; false where another has had its index since,
   * for then the same handle could one day name two.
   */
  revive(entity: number): boolean;
  /** Entities that `spawn` can still make. */
  room(): number;
  /** Cells of a component, without the leading `$entity`; `undefined` when the entity has none. */
  cells(component: string, entity: number): readonly Cell[] | undefined;
  /** Gives the component, or replaces its values. */
  put(component: string, entity: number, cells: readonly Cell[]): void;
  remove(component: string, entity: number): void;
  /** Adds a row to a table of the kernel; the world has it. */
  append(table: string, cells: readonly Cell[]): void;
  /** Replaces references everywhere; gives how many. */
  relink(handles: ReadonlyMap<number, number>): number;
  /** The world as it is now. */
  image(): WorldImage;
}

const INDEXES = 1_048_576;

interface Draft {
  table: TableImage;
  data: Cell[][];
  rows: number;
  rowOf: Map<number, number>;
  /** For rows that were not moved since. */
  find: RowFinder;
}

export function editWorld(image: WorldImage): WorldEdit {
  const drafts = new Map<string, Draft>();

  function draft(name: string): Draft {
    let found = drafts.get(name);
    if (found === undefined) {
      const table = tableNamed(image, name);
      if (table === undefined) throw new Fault('persistence/layout-mismatch', `the world has no table ${name}`);
      found = { table, data: table.data.map((cells) => [...cells]), rows: table.rows, rowOf: new Map(), find: isComponent(table) ? rowFinder(table) : () => -1 };
      drafts.set(name, found);
    }
    return found;
  }

  const rowOf = (one: Draft, entity: number): number => one.rowOf.get(entity) ?? one.find(entity);

  function append(one: Draft, cells: readonly Cell[]): void {
    cells.forEach((cell, c) => { one.data[c]![one.rows] = cell; });
    one.rows += 1;
  }

  function countAlive(): void {
    const { table, data } = draft('$world');
    const alive = data[table.columns.findIndex(({ name }) => name === 'alive')]!;
    alive[0] = (alive[0] as number) + 1;
  }

  const readOnly = (name: string): Draft['data'] | TableImage['data'] => drafts.get(name)?.data ?? tableNamed(image, name)?.data ?? [];
  const entityRows = (): number => drafts.get('$entities')?.rows ?? tableNamed(image, '$entities')?.rows ?? 0;
  const freeRows = (): number => drafts.get('$free')?.rows ?? tableNamed(image, '$free')?.rows ?? 0;

  return {
    isAlive(entity) {
      const [generation, alive] = readOnly('$entities') as [number[], number[]];
      const index = entity % INDEXES;
      return entity > 0 && index < entityRows() && alive[index] === 1 && generation[index]! * INDEXES + index === entity;
    },

    spawn() {
      const [entities, free] = [draft('$entities'), draft('$free')];
      let index = entities.rows;
      if (free.rows > 0) {
        free.rows -= 1;
        index = free.data[0]!.pop() as number;
      } else {
        if (index >= INDEXES) throw new Fault('persistence/world-full', `the world holds ${INDEXES - 1} entities already`, { hint: 'Remove some, or shard the role.' });
        append(entities, [0, 0]);
      }
      entities.data[1]![index] = 1;
      countAlive();
      return (entities.data[0]![index] as number) * INDEXES + index;
    },

    revive(entity) {
      const [generation, alive] = readOnly('$entities') as [number[], number[]];
      const [index, own] = [entity % INDEXES, Math.floor(entity / INDEXES)];
      if (index === 0 || index >= entityRows() || alive[index] !== 0 || generation[index] !== own + 1) return false;
      const [entities, free] = [draft('$entities'), draft('$free')];
      const place = free.data[0]!.indexOf(index);
      if (place >= 0) {
        free.data[0]![place] = free.data[0]!.at(-1)!;
        free.data[0]!.pop();
        free.rows -= 1;
      }
      entities.data[0]![index] = own;
      entities.data[1]![index] = 1;
      countAlive();
      return true;
    },

    room: () => INDEXES - entityRows() + freeRows(),

    cells(component, entity) {
      const one = draft(component);
      const row = rowOf(one, entity);
      return row < 0 ? undefined : one.data.slice(1).map((cells) => cells[row]!);
    },

    put(component, entity, cells) {
      const one = draft(component);
      const row = rowOf(one, entity);
      if (row >= 0) return cells.forEach((cell, c) => { one.data[c + 1]![row] = cell; });
      one.rowOf.set(entity, one.rows);
      append(one, [entity, ...cells]);
    },

    remove(component, entity) {
      const one = draft(component);
      const row = rowOf(one, entity);
      if (row < 0) return;
      const last = one.rows - 1;
      const moved = one.data[0]![last] as number;
      for (const cells of one.data) {
        cells[row] = cells[last]!;
        cells.pop();
      }
      one.rows = last;
      one.rowOf.set(moved, row).set(entity, -1);
    },

    append: (table, cells) => append(draft(table), cells),

    relink(handles) {
      let count = 0;
      for (const table of image.tables.filter(isComponent)) {
        table.columns.forEach(({ kind }, c) => {
          if (c === 0 || kind !== 'eid') return;
          const cells = readOnly(table.name)[c] as readonly number[];
          cells.forEach((named, row) => {
            const now = handles.get(named);
            if (now === undefined) return;
            draft(table.name).data[c]![row] = now;
            count += 1;
          });
        });
      }
      return count;
    },

    image: () => ({
      ...image,
      tables: image.tables.map((table) => {
        const one = drafts.get(table.name);
        if (one === undefined) return table;
        return { ...table, rows: one.rows, data: one.data, stamps: Array.from({ length: pageCountOf(one.rows) }, () => image.slot) };
      }),
    }),
  };
}
