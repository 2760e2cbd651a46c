import { canonicalJson, type FieldKind } from '@beamline/ecs';
import { sha256Hex } from '../sha256.ts';
import type { Expression, TextExpression } from './expression.ts';

/** A field as layouts describe it: `scale` is n of `fixed(n)`, `length` more than 1 for arrays. */
export interface FieldSpec {
  name: string;
  type: FieldKind;
  length: number;
  scale: number;
}

/** A cell as it is stored: an integer (`bool` 0 or 1; `fixed(n)` already times 2^n) or a string. Lists fill arrays. */
export type Value = number | string | boolean | readonly (number | string | boolean)[];

/** What becomes of a cell that the new type cannot hold: the migration is refused, or the nearest value is taken. */
export type OnMisfit = 'refuse' | 'clamp';

/** Lists, not records, wherever order matters: canonical JSON sorts keys. */
export type MigrationStep =
  | { do: 'add-component'; component: string; fields: readonly FieldSpec[]; on?: string; values: Readonly<Record<string, Value>> }
  | { do: 'drop-component'; component: string }
  | { do: 'add-field'; component: string; field: FieldSpec; value: Value }
  | { do: 'drop-field'; component: string; field: string }
  | { do: 'rename-field'; component: string; from: string; to: string }
  | { do: 'rename-component'; from: string; to: string }
  | { do: 'split'; component: string; parts: readonly { component: string; fields: readonly string[] }[] }
  | { do: 'merge'; components: readonly string[]; into: string; missing: 'refuse' | 'zero' }
  /** The same values in another type. */
  | { do: 'widen'; component: string; from: FieldSpec; to: FieldSpec; onMisfit: OnMisfit }
  /** Other values, computed from the row; `back` computes the old ones from the new row. */
  | {
    do: 'map'; component: string; from: FieldSpec; to: FieldSpec; onMisfit: OnMisfit;
    by: Expression | TextExpression; back?: Expression | TextExpression;
  };

/** How a role's columns get from one layout to the next. Plain data: it travels in the release's manifest as JSON. */
export interface Migration {
  version: 1;
  /** Its number in the game's config: unique there, growing. Only migrations made on the way (reverse ones) have none. */
  id?: number;
  /** For people and journals: `split-vitals`. */
  name: string;
  from: { role: string };
  steps: readonly MigrationStep[];
}

/** Builds a migration; `steps` run in order, each on what the previous one left. */
export function migration({ id, name, from, steps }: Omit<Migration, 'version'>): Migration {
  return { version: 1, ...(id === undefined ? {} : { id }), name, from: { role: from.role }, steps: [...steps] };
}

/** SHA-256 of the canonical JSON, hex: the same steps have the same hash wherever they are computed. */
export function migrationHash(migration: Migration): string {
  return sha256Hex(new TextEncoder().encode(canonicalJson(migration)));
}
