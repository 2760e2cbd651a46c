import { isAlive, indexOf } from './entity.ts';
import { pageCount } from './digest.ts';
import { PAGE_ROWS, touch, type Table } from './table.ts';
import { STATE } from './state.ts';
import type { World } from './world.ts';
import { emptyRecord } from '#target';

/** Gives a table this many rows of 0 and '', in place of all it held: the start of loading its pages. Not logged. */
export function resizeTable(table: Table, count: number): void {
  const width = table.columns.length;
  const size = count > table.count ? count : table.count;
  for (let column = 0; column < width; column++) {
    const blank = table.columns[column]!.kind === 'str' ? '' : 0;
    const list = table.data[column]!;
    for (let row = 0; row < size; row++) list[row] = blank;
  }
  table.count = count;
  const pages = pageCount(table);
  for (let page = 0; page < pages; page++) touch(table, page * PAGE_ROWS);
  table.finders = emptyRecord();
  table.finderCount = 0;
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
  const { rowOf } = table;
  const indexes = world.entities.count > rowOf.length ? world.entities.count : rowOf.length;
  for (let i = 0; i < indexes; i++) rowOf[i] = 0;
  const entities = table.data[0] as number[];
  const { count } = table;
  for (let row = 0; row < count; row++) {
    const entity = entities[row]!;
    if (!isAlive(world, entity)) throw `ecs/bad-world: ${table.name}[${row}] names dead ${entity}`;
    const index = indexOf(entity);
    if (rowOf[index] !== 0) throw `ecs/bad-world: ${table.name} names ${entity} twice`;
    rowOf[index] = row + 1;
  }
}
