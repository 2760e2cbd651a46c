import type { Layout } from '@beamline/ecs';
import type { ClientContract } from './client-contract.ts';
import { defaultMigration } from './default-migration.ts';
import { describeSteps } from './describe-steps.ts';
import { layoutChanges, type LayoutDifference } from './layout-changes.ts';
import type { ComponentShape } from './migrate-layout.ts';
import { migrateShapes, shapesOf } from './migrate-layout.ts';
import type { FieldSpec, Migration } from './migration.ts';
import { typeOf } from './retype.ts';
import type { RenameSuggestion } from './suggest-renames.ts';

/**
 * May a world of one layout go on in another? `SAFE`: as it is. `NEEDS-DEFAULT`: what is new starts empty;
 * `migrations` does that. `NEEDS-MIGRATION`: through `migrations`, which lead exactly there. `BREAKS-CLIENTS`: the world
 * may (through `migrations`, if there are any), but clients of before don't understand it. `FORBIDDEN`: no way is known.
 * `reasons` are sentences for people; `changes` says the same place by place.
 */
export type LayoutVerdict = LayoutFindings & (
  | { verdict: 'SAFE' | 'FORBIDDEN'; migrations: readonly [] }
  | { verdict: 'NEEDS-DEFAULT' | 'NEEDS-MIGRATION' | 'BREAKS-CLIENTS'; migrations: readonly Migration[] }
);

export interface VerdictOptions {
  /** Whose layouts these are: stands in the migration that fills in defaults. @default the first migration's */
  role?: string;
  /** What clients send and read, before and after. Without it nobody asks whether they are broken. */
  clients?: { from: ClientContract; to: ClientContract } | undefined;
}

interface LayoutFindings {
  reasons: readonly string[];
  changes: readonly LayoutDifference[];
  renames: readonly RenameSuggestion[];
}

/**
 * `migrations` of one role, oldest first, as a release carries them. The world may stand anywhere along the chain: the
 * shortest tail of it that leads from `from` exactly to `to` is taken.
 */
export function layoutVerdict(
  from: Layout, to: Layout, migrations: readonly Migration[], { role = migrations[0]?.from.role ?? '', clients }: VerdictOptions = {},
): LayoutVerdict {
  const { changes, renames } = layoutChanges(from, to, clients);
  const broken = changes.filter(({ verdict }) => verdict === 'BREAKS-CLIENTS').map(({ path, what, why }) => `${path} ${what}: ${why}`);
  const way = wayBetween(from, to, migrations, role);
  const found = { changes, renames };
  if (way.verdict === 'FORBIDDEN') return { ...found, ...way };
  if (broken.length > 0) return { ...found, verdict: 'BREAKS-CLIENTS', reasons: [...broken, ...way.reasons], migrations: way.migrations };
  return { ...found, ...way };
}

type Way = { reasons: readonly string[] } & (
  | { verdict: 'SAFE' | 'FORBIDDEN'; migrations: readonly [] }
  | { verdict: 'NEEDS-DEFAULT' | 'NEEDS-MIGRATION'; migrations: readonly Migration[] }
);

function wayBetween(from: Layout, to: Layout, migrations: readonly Migration[], role: string): Way {
  const wanted = shapesOf(to);
  const direct = [...idChanges(from, to), ...differences(shapesOf(from), wanted)];
  if (direct.length === 0) return { verdict: 'SAFE', reasons: [], migrations: [] };

  let closest: readonly string[] = direct;
  for (let start = migrations.length - 1; start >= 0; start -= 1) {
    const chain = migrations.slice(start);
    const attempt = tryChain(from, wanted, chain);
    if (attempt.length === 0) {
      return { verdict: 'NEEDS-MIGRATION', reasons: chain.map((step) => `${step.name}: ${describeSteps(step)}`), migrations: chain };
    }
    if (start === migrations.length - 1 || attempt.length < closest.length) closest = attempt;
  }
  const defaults = defaultMigration(from, to, role);
  if (idChanges(from, to).length === 0 && tryChain(from, wanted, [defaults]).length === 0) {
    return { verdict: 'NEEDS-DEFAULT', reasons: [`${defaults.name}: ${describeSteps(defaults)}`], migrations: [defaults] };
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
  return layoutChanges(from, to).changes.filter(({ what }) => what === 'renumbered').map(({ path, why }) =>
    `${path.includes('.') ? 'field' : 'component'} ${path} ${why}`);
}
