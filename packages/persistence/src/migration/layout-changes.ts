import type { Layout, LayoutComponent, LayoutField } from '@beamline/ecs';
import { clientChanges, type ClientContract } from './client-contract.ts';
import { isRetypable, isWider, typeOf } from './retype.ts';
import { suggestRenames, type RenameSuggestion } from './suggest-renames.ts';

/** From harmless to impossible; `worst` picks by this order. */
export const CHANGE_VERDICTS = ['SAFE', 'NEEDS-DEFAULT', 'NEEDS-MIGRATION', 'BREAKS-CLIENTS', 'FORBIDDEN'] as const;

/**
 * `SAFE`: nothing to do. `NEEDS-DEFAULT`: something new, which starts empty unless a migration says otherwise.
 * `NEEDS-MIGRATION`: data moves or goes, and only the game knows where. `BREAKS-CLIENTS`: the world can go over, but
 * what players' programs read or send changes under them. `FORBIDDEN`: no migration could make it right.
 */
export type ChangeVerdict = typeof CHANGE_VERDICTS[number];

export interface LayoutDifference {
  /** `Vitals`, `Vitals.hp`, `actions.Move`. */
  path: string;
  what: 'added' | 'removed' | 'retyped' | 'reordered' | 'renumbered';
  verdict: ChangeVerdict;
  /** One sentence. */
  why: string;
  /** What to do about it; empty when nothing. */
  do: string;
}

export interface LayoutChanges {
  changes: readonly LayoutDifference[];
  renames: readonly RenameSuggestion[];
  /** The worst of all changes. */
  verdict: ChangeVerdict;
}

/** What lies between any two layouts, change by change, whether or not a migration exists. Pure. */
export function layoutChanges(from: Layout, to: Layout, clients?: { from: ClientContract; to: ClientContract }): LayoutChanges {
  const changes: LayoutDifference[] = [];
  const renames = suggestRenames(from, to);
  for (const component of from.components) {
    const after = to.components.find(({ name }) => name === component.name);
    if (after === undefined) changes.push(removed(component.name, renames));
    else changes.push(...componentChanges(component, after, renames));
  }
  for (const { name } of to.components) {
    if (from.components.some((component) => component.name === name)) continue;
    changes.push({ path: name, what: 'added', verdict: 'NEEDS-DEFAULT', why: 'no entity has it yet', do: `addComponent('${name}', { on: … }) gives it to entities that exist` });
  }
  if (isReordered(from.components, to.components)) {
    changes.push({ path: '', what: 'reordered', verdict: 'SAFE', why: 'components stand in another order', do: '' });
  }
  if (clients !== undefined) changes.push(...clientChanges(from, to, clients));
  return { changes, renames, verdict: worst(changes.map(({ verdict }) => verdict)) };
}

export const worst = (verdicts: readonly ChangeVerdict[]): ChangeVerdict =>
  CHANGE_VERDICTS[Math.max(0, ...verdicts.map((verdict) => CHANGE_VERDICTS.indexOf(verdict)))]!;

function componentChanges(before: LayoutComponent, after: LayoutComponent, renames: readonly RenameSuggestion[]): LayoutDifference[] {
  const { name } = before;
  const changes: LayoutDifference[] = [];
  if (before.id !== after.id) changes.push(renumbered(name, before.id, after.id));
  for (const field of before.fields) {
    const path = `${name}.${field.name}`;
    const same = after.fields.find((candidate) => candidate.name === field.name);
    if (same === undefined) {
      changes.push(removed(path, renames));
      continue;
    }
    if (same.id !== field.id) changes.push(renumbered(path, field.id, same.id));
    if (typeOf(same) !== typeOf(field)) changes.push(retyped(path, field, same));
  }
  for (const field of after.fields) {
    if (before.fields.some((candidate) => candidate.name === field.name)) continue;
    const path = `${name}.${field.name}`;
    changes.push({ path, what: 'added', verdict: 'NEEDS-DEFAULT', why: `it starts at ${field.type === 'str' ? "''" : '0'} everywhere`, do: `addField('${name}', '${field.name}', …) gives another value` });
  }
  if (isReordered(before.fields, after.fields)) {
    changes.push({ path: name, what: 'reordered', verdict: 'SAFE', why: 'fields stand in another order; columns are rearranged', do: '' });
  }
  return changes;
}

function removed(path: string, renames: readonly RenameSuggestion[]): LayoutDifference {
  const rename = renames.find(({ from }) => from === path);
  const [component, field] = path.split('.');
  const drop = field === undefined ? `dropComponent('${component}')` : `dropField('${component}', '${field}')`;
  return {
    path, what: 'removed', verdict: 'NEEDS-MIGRATION', why: 'its values have no place in the new layout',
    do: rename === undefined ? `${drop} forgets them` : `was it renamed to ${rename.to}? ${rename.step}; or ${drop} forgets the values`,
  };
}

function retyped(path: string, before: LayoutField, after: LayoutField): LayoutDifference {
  const [component, field] = path.split('.');
  const types = `${typeOf(before)} becomes ${typeOf(after)}`;
  const base = { path, what: 'retyped', verdict: 'NEEDS-MIGRATION' } as const;
  if (!isRetypable(before, after)) return { ...base, why: `${types}: values mean something else`, do: `map('${component}', '${field}', …)` };
  const why = isWider(before, after) ? `${types}: every value fits` : `${types}: values may not fit`;
  return { ...base, why, do: `widen('${component}', '${field}', …)` };
}

function renumbered(path: string, before: number, after: number): LayoutDifference {
  return {
    path, what: 'renumbered', verdict: 'FORBIDDEN', why: `had id ${before}, the new layout gives it ${after}`,
    do: 'take world.lock from version control, or give what is new another name',
  };
}

/** Whether what both have stands in another order. */
export function isReordered(before: readonly { name: string }[], after: readonly { name: string }[]): boolean {
  const kept = before.filter(({ name }) => after.some((one) => one.name === name));
  const now = after.filter(({ name }) => before.some((one) => one.name === name));
  return kept.some(({ name }, n) => name !== now[n]!.name);
}
