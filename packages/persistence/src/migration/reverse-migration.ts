import type { Layout } from '@beamline/ecs';
import { migrateShapes, shapesOf } from './migrate-layout.ts';
import type { ComponentShape } from './migrate-layout.ts';
import type { Migration, MigrationStep } from './migration.ts';

/** Either the way back, or why there is none. */
export type Reversal = { migration: Migration; reason?: never } | { migration?: never; reason: string };

type ReverseStep = MigrationStep | { reason: string };

/**
 * The way back: steps undone in reverse order, so that what players did since is kept. Dropped components and fields
 * cannot come back, nor can a mapped field whose step doesn't say `back`. A split is undone by a merge where an entity that lost a part gets zeros. A merge is undone only
 * with `from`, the layout the migration starts at, since it doesn't say which field came from where.
 */
export function reverseMigration(migration: Migration, from?: Layout): Reversal {
  return reverseShapes(migration, from === undefined ? undefined : shapesOf(from));
}

export function reverseShapes(migration: Migration, from: readonly ComponentShape[] | undefined): Reversal {
  let shapes = from;
  const steps: MigrationStep[] = [];
  for (const [n, step] of migration.steps.entries()) {
    const back = reverseStep(step, shapes);
    if ('reason' in back) return { reason: `step ${n + 1} (${step.do}) of ${migration.name}: ${back.reason}` };
    steps.unshift(back);
    if (shapes !== undefined) shapes = migrateShapes(shapes, { ...migration, steps: [step] });
  }
  const { version, name, from: { role } } = migration;
  return { migration: { version, name: reversedName(name), from: { role }, steps } };
}

function reverseStep(step: MigrationStep, shapes: readonly ComponentShape[] | undefined): ReverseStep {
  switch (step.do) {
    case 'add-component':
      return { do: 'drop-component', component: step.component };
    case 'add-field':
      return { do: 'drop-field', component: step.component, field: step.field.name };
    case 'rename-field':
      return { ...step, from: step.to, to: step.from };
    case 'rename-component':
      return { ...step, from: step.to, to: step.from };
    case 'split':
      return { do: 'merge', components: step.parts.map(({ component }) => component), into: step.component, missing: 'zero' };
    case 'merge': {
      const parts = step.components.map((component) => shapes?.find(({ name }) => name === component));
      if (!parts.every((part) => part !== undefined)) return { reason: 'which field came from where is known only with the layout before' };
      return {
        do: 'split',
        component: step.into,
        parts: parts.map(({ name, fields }) => ({ component: name, fields: fields.map((field) => field.name) })),
      };
    }
    case 'widen':
      return { ...step, from: step.to, to: step.from };
    case 'map': {
      const { back, by, ...rest } = step;
      if (back === undefined) return { reason: `nothing says how ${step.component}.${step.from.name} was computed back: give the step \`back\`` };
      return { ...rest, from: step.to, to: step.from, by: back, back: by };
    }
    case 'drop-component':
      return { reason: `the values of ${step.component} are gone` };
    case 'drop-field':
      return { reason: `the values of ${step.component}.${step.field} are gone` };
  }
}

function reversedName(name: string): string {
  return name.startsWith('undo-') ? name.slice('undo-'.length) : `undo-${name}`;
}
