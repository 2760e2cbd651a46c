import type { Layout } from '@beamline/ecs';
import { shapesOf } from './migrate-layout.ts';
import type { Migration, MigrationStep } from './migration.ts';

/**
 * The migration nobody needs to write: new components that no entity has, new fields that are 0 or '' everywhere. Leads
 * to `to` only where that is all that differs.
 */
export function defaultMigration(from: Layout, to: Layout, role: string): Migration {
  const before = shapesOf(from);
  const steps = shapesOf(to).flatMap(({ name, fields }): MigrationStep[] => {
    const own = before.find((shape) => shape.name === name);
    if (own === undefined) return [{ do: 'add-component', component: name, fields, values: {} }];
    return fields.filter((field) => !own.fields.some((known) => known.name === field.name))
      .map((field) => ({ do: 'add-field', component: name, field, value: field.type === 'str' ? '' : 0 }));
  });
  return { version: 1, name: 'defaults', from: { role }, steps };
}
