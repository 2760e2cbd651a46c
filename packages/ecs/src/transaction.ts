import { dropRow, place, reopenRow } from './table.ts';
import { APPEND, CELL, RECORD } from './undo-log.ts';
import type { World } from './world.ts';

// A longer log is dropped after use, so that one big message does not stay in memory, and in each node's snapshot, for ever.
const KEPT_RECORDS = 2048;

/** From here every write is logged, until `commit` or `rollback`. @throws 'ecs/nested: …' */
export function begin(world: World): void {
  if (world.logging) throw 'ecs/nested: begin';
  world.logging = true;
}

/** Keeps what was written since `begin`. */
export function commit(world: World): void {
  close(world);
}

/** Leaves the world as it was at `begin`: cells, row order, entities, random numbers. */
export function rollback(world: World): void {
  world.logging = false;
  const { log, tables } = world;
  for (let i = world.logCount - 1; i >= 0; i--) {
    const at = i * RECORD;
    const operation = log[at];
    const table = tables[log[at + 1] as number]!;
    const row = log[at + 2] as number;
    if (operation === CELL) place(table, row, log[at + 3] as number, log[at + 4]!);
    else if (operation === APPEND) dropRow(table, table.count - 1);
    else reopenRow(table, row);
  }
  close(world);
}

function close(world: World): void {
  world.logging = false;
  world.rngLogged = false;
  if (world.logCount > KEPT_RECORDS) world.log = [];
  world.logCount = 0;
}
