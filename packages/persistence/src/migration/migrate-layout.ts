import type { Layout } from '@beamline/ecs';
import { badMigration } from './cell.ts';
import { checkExpression } from './check-expression.ts';
import type { FieldSpec, Migration, MigrationStep } from './migration.ts';
import { isRetypable, typeOf } from './retype.ts';

/** A layout without its ids: what a migration can be checked against. */
export interface ComponentShape {
  name: string;
  fields: readonly FieldSpec[];
}

export function shapesOf(layout: Layout): ComponentShape[] {
  return layout.components.map(({ name, fields }) => ({
    name,
    fields: fields.map(({ name: field, type, length, scale }) => ({ name: field, type, length, scale })),
  }));
}

/**
 * What the migration makes of a layout, by name; nothing but names and types is looked at.
 * @throws Fault `persistence/bad-migration` when a step doesn't apply, naming the step.
 */
export function migrateShapes(shapes: readonly ComponentShape[], { name, steps }: Migration): ComponentShape[] {
  return steps.reduce<ComponentShape[]>((current, step, n) => {
    try {
      return migrateShape(current, step);
    } catch (error) {
      throw badMigration(`${name}, step ${n + 1} (${step.do}): ${(error as Error).message}`);
    }
  }, [...shapes]);
}

function migrateShape(shapes: ComponentShape[], step: MigrationStep): ComponentShape[] {
  switch (step.do) {
    case 'add-component':
      if (step.on !== undefined) find(shapes, step.on);
      for (const field of Object.keys(step.values)) findField({ name: step.component, fields: step.fields }, field);
      return [...without(shapes, step.component, 'free'), { name: step.component, fields: unique(step.component, step.fields) }];
    case 'drop-component':
      return without(shapes, step.component, 'taken');
    case 'add-field':
      return change(shapes, step.component, (fields) => unique(step.component, [...fields, step.field]));
    case 'drop-field':
      findField(find(shapes, step.component), step.field);
      return change(shapes, step.component, (fields) => fields.filter(({ name }) => name !== step.field));
    case 'rename-field':
      findField(find(shapes, step.component), step.from);
      return change(shapes, step.component, (fields) => unique(step.component,
        fields.map((field) => (field.name === step.from ? { ...field, name: step.to } : field))));
    case 'rename-component':
      find(shapes, step.from);
      if (step.from !== step.to) without(shapes, step.to, 'free');
      return shapes.map((shape) => (shape.name === step.from ? { ...shape, name: step.to } : shape));
    case 'split':
      return splitShape(shapes, step);
    case 'widen':
    case 'map':
      return retypeShape(shapes, step);
    case 'merge': {
      const parts = [...new Set(step.components)].map((component) => find(shapes, component));
      if (parts.length < 2) throw new Error('a merge takes at least two components');
      const rest = shapes.filter((shape) => !parts.includes(shape));
      without(rest, step.into, 'free');
      return [...rest, { name: step.into, fields: unique(step.into, parts.flatMap(({ fields }) => fields)) }];
    }
  }
}

type Retype = MigrationStep & { do: 'widen' | 'map' };

function retypeShape(shapes: ComponentShape[], step: Retype): ComponentShape[] {
  const { component, from, to } = step;
  const { fields } = find(shapes, component);
  const found = findField({ name: component, fields }, from.name);
  if (typeOf(found) !== typeOf(from)) throw new Error(`${component}.${from.name} is ${typeOf(found)}, the step says ${typeOf(from)}`);
  if (to.name !== from.name) throw new Error(`${component}.${from.name} would be called ${to.name}: rename it in a step of its own`);
  if (step.do === 'widen' && !isRetypable(from, to)) {
    throw new Error(`${component}.${from.name} is ${typeOf(from)}, which cannot be read as ${typeOf(to)}: map it`);
  }
  const after = fields.map((field) => (field.name === to.name ? to : field));
  if (step.do === 'map') {
    const at = `${component}.${from.name}`;
    checkExpression(step.by, from, to, fields, `${at}: by`);
    if (step.back !== undefined) checkExpression(step.back, to, from, after, `${at}: back`);
  }
  return change(shapes, component, () => after);
}

function splitShape(shapes: ComponentShape[], step: MigrationStep & { do: 'split' }): ComponentShape[] {
  const whole = find(shapes, step.component);
  const rest = shapes.filter((shape) => shape !== whole);
  const given = step.parts.flatMap(({ fields }) => fields);
  for (const { name } of whole.fields) {
    const times = given.filter((field) => field === name).length;
    if (times !== 1) throw new Error(`field ${name} goes to ${times} parts of ${step.component}, not to one`);
  }
  const parts = step.parts.map(({ component, fields }) => ({
    name: component,
    fields: fields.map((field) => findField(whole, field)),
  }));
  unique('the parts', step.parts.map(({ component }) => ({ name: component })));
  for (const { name } of parts) without(rest, name, 'free');
  return [...rest, ...parts];
}

function find(shapes: readonly ComponentShape[], name: string): ComponentShape {
  const shape = shapes.find((candidate) => candidate.name === name);
  if (shape === undefined) throw new Error(`there is no component ${name}`);
  return shape;
}

function findField(shape: ComponentShape, name: string): FieldSpec {
  const field = shape.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Error(`${shape.name} has no field ${name}`);
  return field;
}

function without(shapes: ComponentShape[], name: string, expected: 'taken' | 'free'): ComponentShape[] {
  const rest = shapes.filter((shape) => shape.name !== name);
  if (expected === 'taken' && rest.length === shapes.length) throw new Error(`there is no component ${name}`);
  if (expected === 'free' && rest.length < shapes.length) throw new Error(`there is a component ${name} already`);
  if (name.startsWith('$')) throw new Error(`${name} belongs to the kernel`);
  return rest;
}

function change(
  shapes: ComponentShape[], name: string, fields: (current: readonly FieldSpec[]) => readonly FieldSpec[],
): ComponentShape[] {
  const target = find(shapes, name);
  return shapes.map((shape) => (shape === target ? { name, fields: fields(shape.fields) } : shape));
}

function unique<T extends { name: string }>(owner: string, items: readonly T[]): readonly T[] {
  const twice = items.find(({ name }, n) => items.some((other, m) => m > n && other.name === name));
  if (twice !== undefined) throw new Error(`${owner} would have ${twice.name} twice`);
  return items;
}
