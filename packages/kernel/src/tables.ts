import { appendRow, attachTable, columnsOf, getCell, type Table, type World } from '@beamline/ecs';

/*
 * What the kernel must remember lives in tables of the world itself, so that it is snapshotted, digested, restored and
 * handed to a successor like components. Held messages, phase and operation ids are this process's own and stay outside.
 */
/** @short */
export interface KernelTables {
  /** One row: `LINEAGE`, `RING`. */
  readonly self: Table;
  /** Per sender with sequence numbers: `SENDER`. Rows are never removed. */
  readonly senders: Table;
  /** Ranges of sequence numbers not seen yet, below a sender's highest: `GAP`. */
  readonly gaps: Table;
  /** Ids of messages without a sequence number, as a ring. */
  readonly recent: Table;
  /** Processes the owner named: `LINK`. */
  readonly links: Table;
  /** Per target: the last sequence number sent: `OUTGOING`. */
  readonly outgoing: Table;
}

/** The process that began this line of successors: restored copies keep it. */
export const LINEAGE = 0;
/** Next row of `$recent` to overwrite. */
export const RING = 1;
/** `floor`: numbers at or below it that are not known any more count as too old. */
export const SENDER = { key: 0, high: 1, floor: 2, applied: 3 } as const;
export const GAP = { sender: 0, from: 1, to: 2 } as const;
/** `target` is 1 for the process that messages to the name go to; others are former or coming holders of the name. */
export const LINK = { process: 0, name: 1, target: 2 } as const;
export const OUTGOING = { target: 0, seq: 1 } as const;

/** Adds the kernel's tables to a new world. */
export function attachKernelTables(world: World, lineage: string): KernelTables {
  const tables: KernelTables = {
    self: attachTable(world, '$kernel', columnsOf('lineage:str,ring:i53')),
    senders: attachTable(world, '$senders', columnsOf('key:str,high:i53,floor:i53,applied:i53')),
    gaps: attachTable(world, '$gaps', columnsOf('sender:i53,from:i53,to:i53')),
    recent: attachTable(world, '$recent', columnsOf('id:str')),
    links: attachTable(world, '$links', columnsOf('process:str,name:str,target:bool')),
    outgoing: attachTable(world, '$outgoing', columnsOf('target:str,seq:i53')),
  };
  appendRow(tables.self, [lineage, 0]);
  return tables;
}

export function textCell(table: Table, row: number, column: number): string {
  return getCell(table, row, column) as string;
}

export function numberCell(table: Table, row: number, column: number): number {
  return getCell(table, row, column) as number;
}
