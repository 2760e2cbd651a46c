import type { Column, Layout } from '@beamline/ecs';
import { layoutHash } from '@beamline/ecs';
import type { TableImage, WorldImage } from '../world-image.ts';
import { arrangeTables } from './arrange-tables.ts';
import { columnsOfField } from './cell.ts';
import { migrateTables } from './migrate-tables.ts';
import type { Migration } from './migration.ts';

/**
 * Applies migrations in order to a world and brings tables and columns into the order of `to`, so that a process of
 * that layout restored from the result computes the same digest. Entities keep their ids and the order of their rows;
 * the kernel's `$…` tables are untouched.
 * @throws Fault `persistence/bad-migration` when a step doesn't fit the world, `persistence/layout-mismatch` when the
 * result is not a world of layout `to`, `persistence/misfit` (naming component, field, entity and value) when data doesn't
 * fit; see `checkMigration` for all that doesn't.
 */
export function migrateImage(image: WorldImage, migrations: Migration | readonly Migration[], to: Layout): WorldImage {
  const chain = 'steps' in migrations ? [migrations] : migrations;
  const tables = chain.flatMap(({ steps }) => steps)
    .reduce<readonly TableImage[]>((current, step) => migrateTables(current, step, image.slot), image.tables);
  return arrangeToLayout({ ...image, tables }, to);
}

/** A world whose tables are those of a layout, in the layout's order. @throws Fault `persistence/layout-mismatch` */
export function arrangeToLayout({ slot, tables }: Pick<WorldImage, 'slot' | 'tables'>, to: Layout): WorldImage {
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
  return { slot, layout: layoutHash(to), tables: arrangeTables(tables, order) };
}
