import { indexOf } from './entity.ts';
import { pageCount, pageRows } from './digest.ts';
import { PAGE_ROWS, touch, type Cell, type Table } from './table.ts';
import { STATE } from './state.ts';
import type { World } from './world.ts';
import { emptyRecord } from '#target';

/**
 * Gives a table this many rows, in place of all it held: the start of loading its pages. They are those of `from`, a table
 * of the same columns, as far as it goes, then 0 and ''. Not logged.
 */
export function resizeTable(table: Table, count: number, from?: Table): void {
  const width = table.columns.length;
  const size = count > table.count ? count : table.count;
  const kept = from === undefined ? 0 : from.count < count ? from.count : count;
  for (let column = 0; column < width; column++) {
    const list = table.data[column]!;
    if (from !== undefined) copyCells(list, from.data[column]!, kept);
    blankCells(list, table.columns[column]!.kind === 'str' ? '' : 0, kept, size);
  }
  table.count = count;
  const pages = pageCount(table);
  for (let page = 0; page < pages; page++) {
    touch(table, page * PAGE_ROWS);
    // A page of the same rows digests to the same.
    if (from !== undefined && page < pageCount(from) && pageRows(from, page) === pageRows(table, page)) {
      table.hashA[page] = from.hashA[page]!;
      table.hashB[page] = from.hashB[page]!;
    }
  }
  table.finders = emptyRecord();
  table.finderCount = 0;
}

function copyCells(list: Cell[], source: readonly Cell[], count: number): void {
  for (let row = 0; row < count; row++) list[row] = source[row]!;
}

function blankCells(list: Cell[], blank: Cell, from: number, to: number): void {
  for (let row = from; row < to; row++) list[row] = blank;
}

/**
 * Ends loading: rebuilds what is derived from pages and checks that they fit together.
 * @throws 'ecs/bad-world: …' when a component's row names a dead entity, or one entity twice, or counts disagree.
 */
export function afterLoad(world: World): void {
  if (world.state.count !== 1 || world.entities.count < 1) throw 'ecs/bad-world: $world';
  const alive = world.entities.data[1] as number[];
  let count = 0;
  const entities = world.entities.count;
  for (let row = 0; row < entities; row++) count = count + alive[row]!;
  if (count !== world.state.data[STATE.alive]![0]) throw 'ecs/bad-world: $entities';
  for (const table of world.tables) {
    table.finders = emptyRecord();
    table.finderCount = 0;
    if (table.keyed) relink(world, table);
  }
}

function relink(world: World, table: Table): void {
  const { rowOf, count } = table;
  const generations = world.entities.data[0] as number[];
  const alive = world.entities.data[1] as number[];
  // Nothing looks beyond the end: a table without rows needs none.
  const indexes = count > 0 && world.entities.count > rowOf.length ? world.entities.count : rowOf.length;
  for (let i = 0; i < indexes; i++) rowOf[i] = 0;
  const entities = table.data[0] as number[];
  for (let row = 0; row < count; row++) {
    const entity = entities[row]!;
    const index = indexOf(entity);
    // `isAlive`, without a call for each row.
    if (alive[index] !== 1 || generations[index]! * 1048576 + index !== entity) throw `ecs/bad-world: ${table.name}[${row}] names dead ${entity}`;
    if (rowOf[index] !== 0) throw `ecs/bad-world: ${table.name} names ${entity} twice`;
    rowOf[index] = row + 1;
  }
}
