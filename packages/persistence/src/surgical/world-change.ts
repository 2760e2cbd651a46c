/** A cell that differs; `from` is absent where there was none, `to` where there is none any more. */
export interface CellChange {
  from?: number | string;
  to?: number | string;
}

/**
 * One row that differs. Of a component: whose it is. Of `$entities`: the entity itself came or went (`fields` is empty).
 * Of the kernel's other tables, whose rows belong to nobody: the row's number.
 */
export interface WorldChange {
  table: string;
  what: 'added' | 'removed' | 'changed';
  entity?: number;
  row?: number;
  fields: Readonly<Record<string, CellChange>>;
}

export interface TableSummary {
  added: number;
  removed: number;
  changed: number;
  /** Pages that both have alike were not read. */
  pages: { differing: number; equal: number };
}

/** How much differs, by table; tables without a difference are left out. */
export type DiffSummary = Readonly<Record<string, TableSummary>>;
