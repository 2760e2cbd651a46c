import { Fault } from '@beamline/core';
import type { Table, World } from '@beamline/ecs';
import { afterLoad, resizeTable } from '@beamline/ecs';
import type { ColumnSource, TableSource } from './column-source.ts';
import { cellsOf, type ColumnCells, type ColumnWorld } from './column-world.ts';

/**
 * A world of `@beamline/ecs` in JavaScript as a source. Its columns are lists of numbers, the same in Lua: a page's are
 * copied into typed ones when it is read.
 * @param layout hash of the layout of its components
 */
export function ecsSource(world: World, layout: string): ColumnSource {
  const tables: TableSource[] = [];
  return {
    layout,
    slot: () => world.slot,
    tables() {
      while (tables.length < world.tables.length) tables.push(tableSource(world.tables[tables.length]!));
      return tables;
    },
  };
}

function tableSource(table: Table): TableSource {
  const { name, columns } = table;
  // One page per column, used again for each: what was read is copied on before the next is.
  const scratch = columns.map(({ kind }) => (kind === 'str' ? [] : cellsOf(kind, 1024)));
  return {
    name, columns,
    get rows() { return table.count; },
    stamp: (page) => table.stamps[page]!,
    cells(column, from, to): ColumnCells {
      const cells = table.data[column]!.slice(from, to);
      const page = scratch[column]!;
      if (Array.isArray(page)) return cells as string[];
      page.set(cells as number[]);
      return page.subarray(0, to - from);
    },
  };
}

/**
 * Replaces all that a world holds by stored columns; `createWorld` and `attachTable` must have made the same tables.
 * @throws Fault `persistence/layout-mismatch` before anything is changed; 'ecs/bad-world: …'
 */
export function loadEcsWorld(world: World, columns: ColumnWorld): void {
  const shape = (tables: readonly Pick<Table, 'name' | 'columns'>[]) =>
    tables.map((table) => `${table.name}(${table.columns.map(({ name, kind }) => `${name}:${kind}`).join()})`).join(' ');
  if (shape(world.tables) !== shape(columns.tables)) {
    throw new Fault('persistence/layout-mismatch', `the snapshot has ${shape(columns.tables)}; the world has ${shape(world.tables)}`, {
      hint: 'Make the world with the components, in their order, that the snapshot was taken of, or migrate the snapshot.',
    });
  }
  world.slot = columns.slot;
  for (const [t, { rows, data, stamps }] of columns.tables.entries()) {
    const table = world.tables[t]!;
    resizeTable(table, rows);
    for (const [c, cells] of data.entries()) {
      const list = table.data[c]!;
      for (let row = 0; row < rows; row += 1) list[row] = cells[row]!;
    }
    for (const [page, stamp] of stamps.entries()) table.stamps[page] = stamp;
  }
  afterLoad(world);
}
