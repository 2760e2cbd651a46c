import type { Layout, LayoutComponent } from '@beamline/ecs';
import { typeOf } from './retype.ts';

/** What was there and what is new may be the same thing under another name. */
export interface RenameSuggestion {
  /** `Vitals.hp` or `Vitals`. */
  from: string;
  to: string;
  /** `was Vitals.hp renamed to Vitals.health?` */
  question: string;
  /** The step that would say so. */
  step: string;
}

/**
 * Pairs what disappeared with what appeared: fields of the same type, the closest place first; components most of whose
 * fields are the same. Each is paired once. A suggestion only: whoever writes the migration decides.
 */
export function suggestRenames(from: Layout, to: Layout): RenameSuggestion[] {
  return [...componentRenames(from, to), ...from.components.flatMap((before) => {
    const after = to.components.find(({ name }) => name === before.name);
    return after === undefined ? [] : fieldRenames(before, after);
  })];
}

/** Below this share of equal fields two components are strangers. */
const LIKENESS = 0.5;

function componentRenames(from: Layout, to: Layout): RenameSuggestion[] {
  const gone = from.components.filter(({ name }) => !to.components.some((one) => one.name === name));
  const fresh = to.components.filter(({ name }) => !from.components.some((one) => one.name === name));
  const pairs = gone.flatMap((before) => fresh.map((after) => ({ before, after, score: likeness(before, after) })));
  return matched(pairs.filter(({ score }) => score > LIKENESS)).map(({ before, after }) => ({
    from: before.name, to: after.name, question: `was ${before.name} renamed to ${after.name}?`,
    step: `renameComponent('${before.name}', '${after.name}')`,
  }));
}

function fieldRenames(before: LayoutComponent, after: LayoutComponent): RenameSuggestion[] {
  const gone = before.fields.filter(({ name }) => !after.fields.some((one) => one.name === name));
  const fresh = after.fields.filter(({ name }) => !before.fields.some((one) => one.name === name));
  const pairs = gone.flatMap((old) => fresh.filter((field) => typeOf(field) === typeOf(old)).map((field) =>
    ({ before: old, after: field, score: -Math.abs(before.fields.indexOf(old) - after.fields.indexOf(field)) })));
  return matched(pairs).map(({ before: old, after: field }) => ({
    from: `${before.name}.${old.name}`, to: `${before.name}.${field.name}`, question: `was ${before.name}.${old.name} renamed to ${before.name}.${field.name}?`,
    step: `renameField('${before.name}', '${old.name}', '${field.name}')`,
  }));
}

/** The best pair first, then the best of what is left. */
function matched<T>(pairs: readonly { before: T; after: T; score: number }[]): { before: T; after: T }[] {
  const taken = new Set<T>();
  return [...pairs].sort((a, b) => b.score - a.score).filter(({ before, after }) => {
    if (taken.has(before) || taken.has(after)) return false;
    taken.add(before).add(after);
    return true;
  });
}

/** Share of fields that both have under the same name and type. */
function likeness(a: LayoutComponent, b: LayoutComponent): number {
  const equal = a.fields.filter((field) => b.fields.some((other) => other.name === field.name && typeOf(other) === typeOf(field)));
  return equal.length / Math.max(1, a.fields.length, b.fields.length);
}
