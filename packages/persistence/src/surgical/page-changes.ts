import type { Column, PageImage } from '@beamline/ecs';
import { PAGE_ROWS } from '@beamline/ecs';
import type { OldRows } from './old-rows.ts';
import type { CellChange, WorldChange } from './world-change.ts';

export interface TableHead {
  name: string;
  columns: readonly Column[];
}

/** What a page of a component has otherwise than the rows before. */
export function keyedChanges({ name: table, columns }: TableHead, page: PageImage, rows: OldRows): WorldChange[] {
  const changes: WorldChange[] = [];
  for (let row = 0; row < page.rows; row += 1) {
    const entity = page.columns[0]![row] as number;
    const old = rows.take(entity);
    const fields = changedCells(columns, old?.page, old?.row ?? 0, page, row, 1);
    if (old === undefined) changes.push({ table, what: 'added', entity, fields: fields ?? {} });
    else if (fields !== undefined) changes.push({ table, what: 'changed', entity, fields });
  }
  return changes;
}

export function removedRows({ name: table, columns }: TableHead, rows: OldRows): WorldChange[] {
  return [...rows.left()].map(({ page, row, entity }) =>
    ({ table, what: 'removed' as const, entity, fields: changedCells(columns, page, row, undefined, 0, 1) ?? {} }));
}

/** Of a table whose rows are known by their place. */
export function unkeyedChanges({ name: table, columns }: TableHead, n: number, before: PageImage | undefined, after: PageImage | undefined): WorldChange[] {
  const changes: WorldChange[] = [];
  for (let at = 0; at < Math.max(before?.rows ?? 0, after?.rows ?? 0); at += 1) {
    const [old, now] = [at < (before?.rows ?? 0) ? before : undefined, at < (after?.rows ?? 0) ? after : undefined];
    const fields = changedCells(columns, old, at, now, at, 0);
    if (fields === undefined) continue;
    const row = n * PAGE_ROWS + at;
    if (table === '$entities') changes.push(...lives(row, old, now, at));
    else changes.push({ table, what: old === undefined ? 'added' : now === undefined ? 'removed' : 'changed', row, fields });
  }
  return changes;
}

const INDEXES = 1_048_576;

/** Who had an index, and who has it. */
function lives(index: number, old: PageImage | undefined, now: PageImage | undefined, row: number): WorldChange[] {
  const handle = (page: PageImage | undefined): number =>
    (page !== undefined && page.columns[1]![row] === 1 ? (page.columns[0]![row] as number) * INDEXES + index : 0);
  const [before, after] = [handle(old), handle(now)];
  return [
    ...(before === 0 ? [] : [{ table: '$entities', what: 'removed' as const, entity: before, fields: {} }]),
    ...(after === 0 ? [] : [{ table: '$entities', what: 'added' as const, entity: after, fields: {} }]),
  ];
}

function changedCells(
  columns: readonly Column[], before: PageImage | undefined, oldRow: number, after: PageImage | undefined, newRow: number, first: number,
): Record<string, CellChange> | undefined {
  let fields: Record<string, CellChange> | undefined;
  for (let c = first; c < columns.length; c += 1) {
    const from = before?.columns[c]![oldRow];
    const to = after?.columns[c]![newRow];
    if (from === to) continue;
    fields ??= {};
    fields[columns[c]!.name] = from === undefined ? { to: to! } : to === undefined ? { from } : { from, to };
  }
  return fields;
}

export function isSamePage(a: PageImage, b: PageImage): boolean {
  if (a.rows !== b.rows) return false;
  return a.columns.every((cells, c) => {
    const others = b.columns[c]!;
    for (let row = 0; row < a.rows; row += 1) if (cells[row] !== others[row]) return false;
    return true;
  });
}
