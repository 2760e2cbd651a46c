import { appendRow, findRow, removeRow, setCell } from '@beamline/ecs';
import { GAP, numberCell, SENDER, type KernelTables } from './tables.ts';

/*
 * Which sequence numbers of a sender were applied, exactly and for ever, in little space: everything up to `high`, save
 * the ranges in `$gaps`. A sender that counts 1, 2, 3 … costs one row. A number that arrives late, however late, finds
 * its gap. Only gaps dropped for want of room become unknown: `floor` rises past them and they count as too old.
 *
 *   applied 1 2 3 5 8  →  high 8, gaps [4,4] [6,7]
 */
export type Seen = 'new' | 'applied' | 'too-old';

/** Gaps a client may keep open: what it has in flight at once. */
const CLIENT_GAPS = 16;
/** Linked processes are trusted, and a lost push may be found late. */
const PROCESS_GAPS = 1024;
/** Gaps of all clients together, so that strangers cannot make every look-up slow. */
const ALL_GAPS = 8192;

export function seenSequence(tables: KernelTables, key: string, seq: number): Seen {
  const row = findRow(tables.senders, SENDER.key, key);
  if (row < 0 || seq > numberCell(tables.senders, row, SENDER.high)) return 'new';
  if (findGap(tables, row, seq) >= 0) return 'new';
  return seq <= numberCell(tables.senders, row, SENDER.floor) ? 'too-old' : 'applied';
}

/** Marks a number that `seenSequence` called new. Inside a transaction of its own: a failing action must not undo it. */
export function recordSequence(tables: KernelTables, key: string, seq: number, isProcess: boolean): void {
  const { senders } = tables;
  let row = findRow(senders, SENDER.key, key);
  if (row < 0) row = appendRow(senders, [key, 0, 0, 0]);
  setCell(senders, row, SENDER.applied, numberCell(senders, row, SENDER.applied) + 1);
  const high = numberCell(senders, row, SENDER.high);
  if (seq <= high) {
    fillGap(tables, row, seq);
    return;
  }
  setCell(senders, row, SENDER.high, seq);
  if (seq > high + 1) openGap(tables, row, high + 1, seq - 1, isProcess);
}

function findGap({ gaps }: KernelTables, sender: number, seq: number): number {
  const senders = gaps.data[GAP.sender]!;
  const from = gaps.data[GAP.from]! as number[];
  const to = gaps.data[GAP.to]! as number[];
  for (let row = 0; row < gaps.count; row++) {
    if (senders[row] === sender && seq >= from[row]! && seq <= to[row]!) return row;
  }
  return -1;
}

function fillGap(tables: KernelTables, sender: number, seq: number): void {
  const { gaps } = tables;
  const row = findGap(tables, sender, seq);
  const from = numberCell(gaps, row, GAP.from);
  const to = numberCell(gaps, row, GAP.to);
  if (from === to) removeRow(gaps, row);
  else if (seq === from) setCell(gaps, row, GAP.from, seq + 1);
  else setCell(gaps, row, GAP.to, seq - 1);
  if (seq > from && seq < to) appendRow(gaps, [sender, seq + 1, to]);
}

function openGap(tables: KernelTables, sender: number, from: number, to: number, isProcess: boolean): void {
  const { gaps, senders } = tables;
  const owners = gaps.data[GAP.sender]!;
  const tops = gaps.data[GAP.to]! as number[];
  let open = 0;
  let lowest = -1;
  for (let row = 0; row < gaps.count; row++) {
    if (owners[row] === sender) {
      open = open + 1;
      if (lowest < 0 || tops[row]! < tops[lowest]!) lowest = row;
    }
  }
  if (!isProcess && gaps.count >= ALL_GAPS && open === 0) {
    setCell(senders, sender, SENDER.floor, to);
    return;
  }
  if (open >= (isProcess ? PROCESS_GAPS : CLIENT_GAPS) || (!isProcess && gaps.count >= ALL_GAPS)) {
    setCell(senders, sender, SENDER.floor, tops[lowest]!);
    removeRow(gaps, lowest);
  }
  appendRow(gaps, [sender, from, to]);
}
