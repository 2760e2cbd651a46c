import type { Layout } from '@beamline/ecs';
import type { ComponentShape } from './migrate-layout.ts';
import { migrateShapes, shapesOf } from './migrate-layout.ts';
import type { FieldSpec, Migration } from './migration.ts';

/**
 * May a world of one layout go on in another? `SAFE`: as it is. `NEEDS-MIGRATION`: through `migrations`, which lead
 * exactly there. `FORBIDDEN`: no way is known; `reasons` say what differs. Reasons are sentences for people.
 */
export type LayoutVerdict =
  | { verdict: 'SAFE'; reasons: readonly string[]; migrations: readonly [] }
  | { verdict: 'NEEDS-MIGRATION'; reasons: readonly string[]; migrations: readonly Migration[] }
  | { verdict: 'FORBIDDEN'; reasons: readonly string[]; migrations: readonly [] };

/**
 * `migrations` of one role, oldest first, as a release carries them. The world may stand anywhere along the chain: the
 * shortest tail of it that leads from `from` exactly to `to` is taken.
 */
export function layoutVerdict(from: Layout, to: Layout, migrations: readonly Migration[]): LayoutVerdict {
  const wanted = shapesOf(to);
  const direct = [...idChanges(from, to), ...differences(shapesOf(from), wanted)];
  if (direct.length === 0) return { verdict: 'SAFE', reasons: [], migrations: [] };

  let closest: readonly string[] = direct;
  for (let start = migrations.length - 1; start >= 0; start -= 1) {
    const chain = migrations.slice(start);
    const attempt = tryChain(from, wanted, chain);
    if (attempt.length === 0) {
      return { verdict: 'NEEDS-MIGRATION', reasons: chain.map((step) => `${step.name}: ${summary(step)}`), migrations: chain };
    }
    if (start === migrations.length - 1 || attempt.length < closest.length) closest = attempt;
  }
  return { verdict: 'FORBIDDEN', reasons: closest, migrations: [] };
}

function tryChain(from: Layout, wanted: readonly ComponentShape[], chain: readonly Migration[]): string[] {
  try {
    return differences(chain.reduce<ComponentShape[]>(migrateShapes, shapesOf(from)), wanted);
  } catch (error) {
    return [(error as Error).message];
  }
}

/** What `found` has otherwise than `wanted`. Order counts neither for components nor for fields: images are rearranged. */
function differences(found: readonly ComponentShape[], wanted: readonly ComponentShape[]): string[] {
  const reasons: string[] = [];
  for (const { name, fields } of wanted) {
    const own = found.find((shape) => shape.name === name);
    if (own === undefined) reasons.push(`component ${name} would be missing`);
    else reasons.push(...fieldDifferences(name, own.fields, fields));
  }
  for (const { name } of found) {
    if (!wanted.some((shape) => shape.name === name)) reasons.push(`component ${name} has no place in the new layout`);
  }
  return reasons;
}

function fieldDifferences(component: string, found: readonly FieldSpec[], wanted: readonly FieldSpec[]): string[] {
  const reasons: string[] = [];
  for (const field of wanted) {
    const own = found.find(({ name }) => name === field.name);
    if (own === undefined) reasons.push(`field ${component}.${field.name} would be missing`);
    else if (typeOf(own) !== typeOf(field)) {
      reasons.push(`field ${component}.${field.name} is ${typeOf(own)}, the new layout has ${typeOf(field)}`);
    }
  }
  for (const { name } of found) {
    if (!wanted.some((field) => field.name === name)) reasons.push(`field ${component}.${name} has no place in the new layout`);
  }
  return reasons;
}

/** An id once given stays: a component or field that keeps its name must keep its id. */
function idChanges(from: Layout, to: Layout): string[] {
  const reasons: string[] = [];
  for (const { name, id, fields } of from.components) {
    const after = to.components.find((component) => component.name === name);
    if (after === undefined) continue;
    if (after.id !== id) reasons.push(`component ${name} had id ${id}, the new layout gives it ${after.id}`);
    for (const field of fields) {
      const kept = after.fields.find((candidate) => candidate.name === field.name);
      if (kept !== undefined && kept.id !== field.id) {
        reasons.push(`field ${name}.${field.name} had id ${field.id}, the new layout gives it ${kept.id}`);
      }
    }
  }
  return reasons;
}

function typeOf({ type, length, scale }: FieldSpec): string {
  const one = scale > 0 ? `fixed(${scale})` : type;
  return length > 1 ? `array(${one}, ${length})` : one;
}

function summary({ steps }: Migration): string {
  return steps.map((step) => {
    switch (step.do) {
      case 'add-component': return `adds ${step.component}`;
      case 'drop-component': return `drops ${step.component}`;
      case 'add-field': return `adds ${step.component}.${step.field.name}`;
      case 'drop-field': return `drops ${step.component}.${step.field}`;
      case 'rename-field': return `renames ${step.component}.${step.from} to ${step.to}`;
      case 'rename-component': return `renames ${step.from} to ${step.to}`;
      case 'split': return `splits ${step.component} into ${step.parts.map(({ component }) => component).join(' and ')}`;
      case 'merge': return `merges ${step.components.join(' and ')} into ${step.into}`;
    }
  }).join(', ');
}
