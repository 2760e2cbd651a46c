import { Fault } from '@beamline/core';
import type { Column, Layout } from '@beamline/ecs';
import { layoutHash } from '@beamline/ecs';
import type { TableImage, WorldImage } from '../world-image.ts';
import { columnsOfField } from './cell.ts';
import { migrateTables } from './migrate-tables.ts';
import type { Migration } from './migration.ts';

/**
 * Applies migrations in order to a world and brings tables and columns into the order of `to`, so that a process of
 * that layout restored from the result computes the same digest. Entities keep their ids and the order of their rows;
 * the kernel's `$…` tables are untouched.
 * @throws Fault `persistence/bad-migration` when a step doesn't fit the world, `persistence/layout-mismatch` when the
 * result is not a world of layout `to`.
 */
export function migrateImage(image: WorldImage, migrations: Migration | readonly Migration[], to: Layout): WorldImage {
  const chain = 'steps' in migrations ? [migrations] : migrations;
  const tables = chain.flatMap(({ steps }) => steps)
    .reduce<readonly TableImage[]>((current, step) => migrateTables(current, step, image.slot), image.tables);
  const components = to.components.map(({ name, fields }) => ({
    name,
    columns: [{ name: '$entity', kind: 'eid' } as Column, ...fields.flatMap(columnsOfField)],
  }));
  const isComponent = (table: { name: string }) => !table.name.startsWith('$');
  const first = tables.findIndex(isComponent);
  const at = first >= 0 ? first : tables.findIndex(({ name }) => name === '$free') + 1;
  const order = [
    ...tables.slice(0, at),
    ...components,
    ...tables.slice(at).filter((table) => !isComponent(table)),
  ];
  return { slot: image.slot, layout: layoutHash(to), tables: arrangeTables(tables, order) };
}

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
