import type { Component, Field, Fields } from '@beamline/ecs';
import type { Expression, TextExpression } from './expression.ts';
import type { FieldSpec, MigrationStep, OnMisfit, Value } from './migration.ts';

/*
 * Steps take a component by name, or as `component(…)` describes it: then a field that it doesn't have fails to compile.
 * Sources describe the layout of today, so a migration keeps descriptions of its own, as `beamline migration stub` writes
 * them.
 */
type Named<F extends Fields> = string | Component<F>;
type FieldOf<F extends Fields> = keyof F & string;

export interface AddComponentOptions {
  /** Fields in the order the component declares them: `{ shield: u16, regen: u8 }`. */
  fields: Readonly<Record<string, Field>>;
  /** Every entity that has this component gets the new one. Without it no entity does. */
  on?: string | Component;
  /** Initial values; a field without one starts at 0, `false` or `''`. */
  values?: Readonly<Record<string, Value>>;
}

/** A component that did not exist. */
export function addComponent(component: string | Component, { fields, on, values = {} }: AddComponentOptions): MigrationStep {
  const specs = Object.entries(fields).map(([name, field]) => specOf(name, field));
  return { do: 'add-component', component: nameOf(component), fields: specs, ...(on === undefined ? {} : { on: nameOf(on) }), values };
}

/** Forgets a component and all its values. Has no reverse. */
export function dropComponent(component: string | Component): MigrationStep {
  return { do: 'drop-component', component: nameOf(component) };
}

/** A field at the end of a component; every row gets `value`. */
export function addField(component: string | Component, field: string, type: Field, value: Value): MigrationStep {
  return { do: 'add-field', component: nameOf(component), field: specOf(field, type), value };
}

/** Forgets a field and all its values. Has no reverse. */
export function dropField<F extends Fields>(component: Named<F>, field: FieldOf<F>): MigrationStep {
  return { do: 'drop-field', component: nameOf(component), field };
}

export function renameField<F extends Fields>(component: Named<F>, from: FieldOf<F>, to: string): MigrationStep {
  return { do: 'rename-field', component: nameOf(component), from, to };
}

export function renameComponent(from: string | Component, to: string): MigrationStep {
  return { do: 'rename-component', from: nameOf(from), to };
}

/** One component becomes several; each field goes to exactly one part, every entity gets all parts. */
export function split<F extends Fields>(component: Named<F>, parts: Readonly<Record<string, readonly FieldOf<F>[]>>): MigrationStep {
  return { do: 'split', component: nameOf(component), parts: Object.entries(parts).map(([name, fields]) => ({ component: name, fields })) };
}

export interface MergeOptions {
  /** Entities that have some of the components, not all: `refuse` the migration, or `zero` what they lack. @default 'refuse' */
  missing?: 'refuse' | 'zero';
}

/** Several components become one, with the fields of all. */
export function merge(components: readonly (string | Component)[], into: string, { missing = 'refuse' }: MergeOptions = {}): MigrationStep {
  return { do: 'merge', components: components.map(nameOf), into, missing };
}

export interface WidenOptions {
  /** The type it has now. */
  from: Field;
  to: Field;
  /** Cells that `to` cannot hold. @default 'refuse' */
  onMisfit?: OnMisfit;
}

/**
 * Another type for the same values: more bits, another sign, other bits of `fixed` (values are scaled), a longer array
 * (filled with 0). Going to a smaller type is allowed as long as the data fits.
 */
export function widen<F extends Fields>(component: Named<F>, field: FieldOf<F>, { from, to, onMisfit = 'refuse' }: WidenOptions): MigrationStep {
  return { do: 'widen', component: nameOf(component), from: specOf(field, from), to: specOf(field, to), onMisfit };
}

export interface MapOptions {
  from: Field;
  /** @default `from` */
  to?: Field;
  /** What a cell becomes; of an array, each one. */
  by: Expression | TextExpression;
  /** What it was: makes the migration reversible. Trusted to undo `by`. */
  back?: Expression | TextExpression;
  /** @default 'refuse' */
  onMisfit?: OnMisfit;
}

/** New values of a field, computed from its row: `map('Player', 'level', { from: u16, by: calc.idiv(calc.field('xp'), 100) })`. */
export function map<F extends Fields>(component: Named<F>, field: FieldOf<F>, { from, to = from, by, back, onMisfit = 'refuse' }: MapOptions): MigrationStep {
  const step = { do: 'map', component: nameOf(component), from: specOf(field, from), to: specOf(field, to), onMisfit, by } as const;
  return back === undefined ? step : { ...step, back };
}

function specOf(name: string, { kind, length, scale }: Field): FieldSpec {
  return { name, type: kind, length, scale };
}

const nameOf = (component: string | Component): string => (typeof component === 'string' ? component : component.name);
