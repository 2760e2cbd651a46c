import type { Field } from '@beamline/ecs';
import type { FieldSpec, MigrationStep, Value } from './migration.ts';

export interface AddComponentOptions {
  /** Fields in the order the component declares them: `{ shield: u16, regen: u8 }`. */
  fields: Readonly<Record<string, Field>>;
  /** Every entity that has this component gets the new one. Without it no entity does. */
  on?: string;
  /** Initial values; a field without one starts at 0, `false` or `''`. */
  values?: Readonly<Record<string, Value>>;
}

/** A component that did not exist. */
export function addComponent(component: string, { fields, on, values = {} }: AddComponentOptions): MigrationStep {
  const specs = Object.entries(fields).map(([name, field]) => specOf(name, field));
  return { do: 'add-component', component, fields: specs, ...(on === undefined ? {} : { on }), values };
}

/** Forgets a component and all its values. Has no reverse. */
export function dropComponent(component: string): MigrationStep {
  return { do: 'drop-component', component };
}

/** A field at the end of a component; every row gets `value`. */
export function addField(component: string, field: string, type: Field, value: Value): MigrationStep {
  return { do: 'add-field', component, field: specOf(field, type), value };
}

/** Forgets a field and all its values. Has no reverse. */
export function dropField(component: string, field: string): MigrationStep {
  return { do: 'drop-field', component, field };
}

export function renameField(component: string, from: string, to: string): MigrationStep {
  return { do: 'rename-field', component, from, to };
}

export function renameComponent(from: string, to: string): MigrationStep {
  return { do: 'rename-component', from, to };
}

/** One component becomes several; each field goes to exactly one part, every entity gets all parts. */
export function split(component: string, parts: Readonly<Record<string, readonly string[]>>): MigrationStep {
  return { do: 'split', component, parts: Object.entries(parts).map(([name, fields]) => ({ component: name, fields })) };
}

export interface MergeOptions {
  /** Entities that have some of the components, not all: `refuse` the migration, or `zero` what they lack. @default 'refuse' */
  missing?: 'refuse' | 'zero';
}

/** Several components become one, with the fields of all. */
export function merge(components: readonly string[], into: string, { missing = 'refuse' }: MergeOptions = {}): MigrationStep {
  return { do: 'merge', components: [...components], into, missing };
}

function specOf(name: string, { kind, length, scale }: Field): FieldSpec {
  return { name, type: kind, length, scale };
}
