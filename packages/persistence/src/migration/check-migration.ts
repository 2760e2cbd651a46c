import type { Layout } from '@beamline/ecs';
import type { WorldImage } from '../world-image.ts';
import { arrangeToLayout } from './migrate-image.ts';
import { danglingReferences, createLiveness } from './dangling.ts';
import { migrateTables } from './migrate-tables.ts';
import type { Migration } from './migration.ts';
import type { DataWatch, Misfit } from './misfit.ts';
import { sampleEntities, type EntitySample } from './sample-entities.ts';

/**
 * `misfit`: the migration would be refused. `loss`: data that was not empty is dropped. `dangling`: afterwards a
 * reference names an entity that is gone; worth a look, since games keep such references on purpose.
 */
export type FindingKind = 'misfit' | 'loss' | 'dangling';

/** What is found in one place, however many entities it concerns. */
export interface Finding {
  kind: FindingKind;
  /** `skills` step 2 (`widen`); absent for what is found in the result. */
  step?: string;
  component: string;
  field?: string;
  why: string;
  count: number;
  /** The first of them, in the order of their rows. */
  first: readonly { entity: number; value?: number | string }[];
}

/** What a migration would do to a world. Plain data. */
export interface DataVerdict {
  /** Nothing is refused. */
  fits: boolean;
  /** As of which slot. */
  slot: number;
  /** Rows of components before and after. */
  rows: { before: number; after: number };
  findings: readonly Finding[];
  /** Entities before and after: those with findings first. */
  samples: readonly EntitySample[];
}

export interface CheckOptions {
  /** Entities named per finding. @default 10 */
  first?: number;
  /** Entities shown before and after. @default 3 */
  samples?: number;
}

/**
 * Tries a migration on a world, to the end, whatever doesn't fit; changes nothing. Costs what the migration costs.
 * @throws Fault `persistence/bad-migration`, `persistence/layout-mismatch`: then no data could pass.
 */
export function checkMigration(
  image: WorldImage, migrations: Migration | readonly Migration[], to: Layout, { first = 10, samples = 3 }: CheckOptions = {},
): DataVerdict {
  const chain = 'steps' in migrations ? [migrations] : migrations;
  const found = createFindings(first);
  let tables = image.tables;
  for (const { name, steps } of chain) {
    steps.forEach((step, n) => {
      tables = migrateTables(tables, step, image.slot, found.watch(`${name} step ${n + 1} (${step.do})`));
    });
  }
  const after = arrangeToLayout({ ...image, tables }, to);
  for (const one of danglingReferences(after, createLiveness(image))) found.add('dangling', one);
  const findings = found.list();
  const named = findings.flatMap(({ first: entities }) => entities.map(({ entity }) => entity));
  return {
    fits: findings.every(({ kind }) => kind !== 'misfit'),
    slot: image.slot,
    rows: { before: rowsOf(image), after: rowsOf(after) },
    findings,
    samples: sampleEntities(image, after, named, samples),
  };
}

const rowsOf = ({ tables }: WorldImage): number =>
  tables.reduce((sum, { name, rows }) => (name.startsWith('$') ? sum : sum + rows), 0);

function createFindings(limit: number) {
  const places = new Map<string, Finding & { first: { entity: number; value?: number | string }[] }>();
  function add(kind: FindingKind, { component, field, entity, value, why }: Misfit, step?: string): void {
    const key = JSON.stringify([kind, step, component, field, why]);
    let finding = places.get(key);
    if (finding === undefined) {
      finding = { kind, ...(step === undefined ? {} : { step }), component, ...(field === undefined ? {} : { field }), why, count: 0, first: [] };
      places.set(key, finding);
    }
    finding.count += 1;
    if (finding.first.length < limit) finding.first.push({ entity, ...(value === undefined ? {} : { value }) });
  }
  return {
    add,
    watch: (step: string): DataWatch => ({ misfit: (one) => add('misfit', one, step), loss: (one) => add('loss', one, step) }),
    list: (): Finding[] => [...places.values()],
  };
}
