import type { FieldKind } from '@beamline/ecs';
import { createColumnTable, touch, type ColumnTable, type ColumnWorld } from '@beamline/persistence';

/** Bytes of component columns per entity: 20. The tables' own column of entities comes on top. */
const COMPONENTS: readonly (readonly [name: string, fields: readonly (readonly [string, FieldKind])[]])[] = [
  ['Position', [['x', 'i32'], ['y', 'i32']]],
  ['Health', [['hp', 'u16'], ['max', 'u16']]],
  ['Owner', [['by', 'eid']]],
  ['Level', [['level', 'u8'], ['xp', 'u16']]],
  ['Flags', [['alive', 'bool']]],
];

/** Entities × 5 components, with the value ranges games have: coordinates, small counters, a few large amounts. */
export function crowdedWorld(entities: number): ColumnWorld {
  let seed = 1;
  const next = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % below;
  };
  const cell: Record<string, (row: number) => number> = {
    $entity: (row) => 1_048_577 + row, x: () => next(200_000) - 100_000, y: () => next(200_000) - 100_000, hp: () => next(500), max: () => 500,
    by: (row) => 1_048_576 + (row >> 3), level: () => next(60), xp: () => next(50_000), alive: () => Number(next(10) > 0),
  };
  const tables = COMPONENTS.map(([name, fields]) => {
    const table = createColumnTable(name, [{ name: '$entity', kind: 'eid' }, ...fields.map(([field, kind]) => ({ name: field, kind }))], entities);
    for (const [c, column] of table.columns.entries()) {
      const cells = table.data[c]!;
      const value = cell[column.name]!;
      for (let row = 0; row < entities; row += 1) cells[row] = value(row);
    }
    table.stamps.fill(1);
    return table;
  });
  return { slot: 1, layout: 'bench', tables };
}

/** One more slot: a cell of every `every`-th page of each table is written. */
export function touchPages(world: ColumnWorld, every: number): void {
  world.slot += 1;
  for (const table of world.tables) {
    // Another row each time: what was stored once costs nothing to store again.
    for (let row = world.slot % 500; row < table.rows; row += every * 1024) {
      const cells = table.data[1]! as Int32Array;
      cells[row] = cells[row]! ^ 1;
      touch(table, row, world.slot);
    }
  }
}

export function bytesOf(world: ColumnWorld): number {
  return world.tables.reduce((sum, table) => sum + table.rows * widthOf(table), 0);
}

function widthOf({ data }: ColumnTable): number {
  return data.reduce((sum, cells) => sum + (Array.isArray(cells) ? 0 : cells.BYTES_PER_ELEMENT), 0);
}
