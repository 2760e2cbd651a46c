import { Fault } from '@beamline/core';
import type { Column } from '@beamline/ecs';
import type { TableImage } from '../world-image.ts';

/**
 * The same tables in another order of tables and columns, as a process lists them.
 * @throws Fault `persistence/layout-mismatch` when one is missing or too many, or a column has another kind.
 */
export function arrangeTables(
  tables: readonly TableImage[], order: readonly { name: string; columns: readonly Column[] }[],
): TableImage[] {
  const extra = tables.find(({ name }, n) =>
    !order.some((wanted) => wanted.name === name) || tables.some((other, m) => m < n && other.name === name));
  if (extra !== undefined) throw mismatch(`table ${extra.name} has no place there`);

  return order.map(({ name, columns }) => {
    const table = tables.find((candidate) => candidate.name === name);
    if (table === undefined) throw mismatch(`table ${name} is missing`);
    if (table.columns.length !== columns.length) {
      throw mismatch(`table ${name} has columns ${list(table.columns)} instead of ${list(columns)}`);
    }
    const from = columns.map((column) => {
      const c = table.columns.findIndex((own) => own.name === column.name && own.kind === column.kind);
      if (c < 0) throw mismatch(`table ${name} has no column ${column.name} of kind ${column.kind}`);
      return c;
    });
    if (from.every((c, n) => c === n)) return table;
    return { ...table, columns: [...columns], data: from.map((c) => table.data[c]!) };
  });
}

function list(columns: readonly Column[]): string {
  return columns.map(({ name, kind }) => `${name}:${kind}`).join(', ');
}

function mismatch(detail: string): Fault {
  return new Fault('persistence/layout-mismatch', `the world does not fit the layout: ${detail}`, {
    hint: 'Give the migration that leads from the snapshot\'s layout to the one of the process.',
  });
}
