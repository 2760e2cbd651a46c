import { appendRow, findRow, removeRow, setCell } from '@beamline/ecs';
import { LINK, numberCell, OUTGOING, textCell, type KernelTables } from './tables.ts';

/** The name under which the owner linked a process, or ''. */
export function linkOf(tables: KernelTables, process: string): string {
  const row = findRow(tables.links, LINK.process, process);
  return row < 0 ? '' : textCell(tables.links, row, LINK.name);
}

/** The process that messages to `name` go to, or ''. */
export function targetOf({ links }: KernelTables, name: string): string {
  for (let row = 0; row < links.count; row++) {
    if (numberCell(links, row, LINK.target) === 1 && textCell(links, row, LINK.name) === name) {
      return textCell(links, row, LINK.process);
    }
  }
  return '';
}

/**
 * Names a process. Everyone who ever held the name stays a trusted sender under it, so that a late redelivery from a
 * predecessor is still recognised. `target`: messages to the name go there from now on.
 */
export function link(tables: KernelTables, name: string, process: string, target: boolean): void {
  const { links } = tables;
  const rows = links.count;
  for (let row = 0; row < rows; row++) {
    if (target && textCell(links, row, LINK.name) === name) setCell(links, row, LINK.target, 0);
  }
  const known = findRow(links, LINK.process, process);
  const row = known < 0 ? appendRow(links, [process, name, 0]) : known;
  setCell(links, row, LINK.name, name);
  if (target) setCell(links, row, LINK.target, 1);
  adoptNumbers(tables, name, process);
}

// Numbers sent to the bare process id count on under the name: starting again at 1 would look like repetition there.
function adoptNumbers({ outgoing }: KernelTables, name: string, process: string): void {
  const bare = findRow(outgoing, OUTGOING.target, process);
  if (bare < 0) return;
  const seq = numberCell(outgoing, bare, OUTGOING.seq);
  const named = findRow(outgoing, OUTGOING.target, name);
  if (named < 0) {
    setCell(outgoing, bare, OUTGOING.target, name);
    return;
  }
  if (seq > numberCell(outgoing, named, OUTGOING.seq)) setCell(outgoing, named, OUTGOING.seq, seq);
  removeRow(outgoing, bare);
}

/** Sequence numbers towards a target, by link name where it has one. */
export function nextSequence(tables: KernelTables, to: string): number {
  const { outgoing } = tables;
  const name = linkOf(tables, to);
  const key = name === '' ? to : name;
  const row = findRow(outgoing, OUTGOING.target, key);
  if (row < 0) {
    appendRow(outgoing, [key, 1]);
    return 1;
  }
  const seq = numberCell(outgoing, row, OUTGOING.seq) + 1;
  setCell(outgoing, row, OUTGOING.seq, seq);
  return seq;
}

/** Leaves numbers out, for messages that another process may have sent under them. */
export function skipSequences({ outgoing }: KernelTables, count: number): void {
  const rows = outgoing.count;
  for (let row = 0; row < rows; row++) {
    setCell(outgoing, row, OUTGOING.seq, numberCell(outgoing, row, OUTGOING.seq) + count);
  }
}
