import { columnsOf, type Column, type Component } from './component.ts';
import { createTable, pushRow, type Cell, type Table } from './table.ts';
import { seedRandom } from './random.ts';
import { STATE, STATE_COLUMNS } from './state.ts';
import { emptyRecord } from '#target';

/** An entity's handle: generation (12 bits) · 2^20 + index (20 bits). 0 is none. */
export type Entity = number;

/** One game's state. Change it through this package's functions only; `slot` is the host's to set. @short */
export interface World {
  /** `$world`, `$entities`, `$free`, then components in the order given, then attached tables. */
  readonly tables: Table[];
  readonly byName: Record<string, Table>;
  /** One row: see `STATE` in state.ts. */
  readonly state: Table;
  /** Row = entity index. */
  readonly entities: Table;
  /** Indexes to reuse, last in first out. */
  readonly free: Table;
  /** Stamps every write: the message being applied. */
  slot: number;
  /** Inside a transaction. */
  logging: boolean;
  rngLogged: boolean;
  log: Cell[];
  logCount: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** An empty world. `seed` is any integer below 2^53; the same seed gives the same random numbers on every target. */
export function createWorld(components: readonly Component[], options?: { seed?: number }): World {
  const none = undefined as unknown as Table;
  const world: Writable<World> = {
    tables: [], byName: emptyRecord<Table>(), state: none, entities: none, free: none, slot: 0, logging: false, rngLogged: false, log: [], logCount: 0,
  };
  world.state = createTable(world, '$world', columnsOf(STATE_COLUMNS), false);
  world.entities = createTable(world, '$entities', columnsOf('generation:u16,alive:bool'), false);
  world.free = createTable(world, '$free', columnsOf('index:u32'), false);
  pushRow(world.state);
  pushRow(world.entities);
  for (const { name, columns } of components) {
    createTable(world, name, keyedColumns(columns), true);
  }
  seedRandom(world, options === undefined || options.seed === undefined ? 0 : options.seed);
  return world;
}

/** A component's columns with the leading `$entity`. */
export function keyedColumns(columns: readonly Column[]): Column[] {
  const keyed: Column[] = [{ name: '$entity', kind: 'eid' }];
  let count = 1;
  for (const column of columns) {
    keyed[count] = column;
    count = count + 1;
  }
  return keyed;
}

/** Adds a table that is snapshotted, digested and rolled back like components, with rows of its own. */
export function attachTable(world: World, name: string, columns: readonly Column[]): Table {
  return createTable(world, name, columns, false);
}

/** Milliseconds since 1970 of the message being applied: the only clock a game has. */
export function now(world: World): number {
  return world.state.data[STATE.time]![0] as number;
}

/** Fixed steps taken so far. */
export function tickOf(world: World): number {
  return world.state.data[STATE.tick]![0] as number;
}
