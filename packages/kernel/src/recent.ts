import { appendRow, findRow, setCell } from '@beamline/ecs';
import { numberCell, RING, type KernelTables } from './tables.ts';

/** Messages without a sequence number are recognised among this many. */
const RING_SIZE = 4096;

export function isRecent(tables: KernelTables, id: string): boolean {
  return findRow(tables.recent, 0, id) >= 0;
}

/** Remembers an id in place of the oldest one. */
export function recordRecent(tables: KernelTables, id: string): void {
  const { recent, self } = tables;
  if (recent.count < RING_SIZE) {
    appendRow(recent, [id]);
    return;
  }
  const next = numberCell(self, 0, RING);
  setCell(recent, next, 0, id);
  setCell(self, 0, RING, next + 1 < RING_SIZE ? next + 1 : 0);
}
