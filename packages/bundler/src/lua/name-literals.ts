import type { Expression, LocalStatement, Statement, Variable } from './tree.ts';
import { ref } from './build.ts';
import { quote } from './quote.ts';
import { remembered, unitPass } from './units.ts';
import { rewriteUnit, walk } from './walk.ts';

/** Values that all locals of one statement may have at once, in registers. */
const MAX_VALUES = 40;
/** Bytes that a name must save to be worth a local. */
const WORTH = 10;
/** Bytes of a name, and of its declaration: a comma for each of name and value. */
const NAME = 2;

/**
 * Gives literals that are long and often said a local: `local a = "standby"`. At most `room` of them, those that save most.
 * What loops do again and again stays: a constant costs them less than a variable from outside.
 */
export function nameLiterals(body: readonly Statement[], room: number): { declarations: Statement[]; body: Statement[] } {
  const uses = new Map<string, number>();
  for (const unit of body) for (const [key, times] of literalsIn(unit)) uses.set(key, (uses.get(key) ?? 0) + times);
  const worthy = [...uses].map(([key, times]) => ({ key, saves: times * (key.length - 1 - NAME) - (key.length - 1 + NAME + 2) }))
    .filter(({ saves }) => saves >= WORTH).sort((a, b) => b.saves - a.saves || (a.key < b.key ? -1 : 1)).slice(0, Math.max(0, room)).map(({ key }) => key);
  const chosen = new Set(worthy);
  const named = nameIn(body, {}, undefined, (unit) => [...literalsIn(unit).keys()].filter((key) => chosen.has(key)).join('\0'));
  return { declarations: declarationsOf(worthy), body: named };
}

/** How often a unit says each literal: by a letter for its kind, and how it is written. */
const literalsIn = remembered((unit): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  walk(unit, (node) => {
    if (LOOPS.has(node.type)) return false;
    const key = keyOf(node as Expression);
    if (key !== undefined) found.set(key, (found.get(key) ?? 0) + 1);
    return undefined;
  });
  return found;
});

const LOOPS: ReadonlySet<string> = new Set(['ForNumericStatement', 'ForGenericStatement', 'WhileStatement', 'RepeatStatement']);

function keyOf(node: Expression): string | undefined {
  switch (node.type) {
    case 'StringLiteral': return `s${quote(node.value)}`;
    case 'NumericLiteral': return `n${node.raw}`;
    case 'BooleanLiteral': return `b${node.value}`;
    default: return undefined;
  }
}

const nameIn = unitPass((unit, _ask, key) => {
  const chosen = new Set(key.split('\0'));
  const looped = new Set<Expression | Statement>();
  walk(unit, (node) => {
    if (LOOPS.has(node.type)) walk(node, (inner) => void looped.add(inner));
  });
  return key === '' ? undefined : rewriteUnit(unit, {
    expression: (node) => {
      const own = looped.has(node) ? undefined : keyOf(node);
      if (own === undefined || !chosen.has(own)) return node;
      return { ...ref(variableOf(own, node)), ...(node.at && { at: node.at }) };
    },
  });
});

const variables = new Map<string, { variable: Variable; value: Expression }>();

/** The same for the same literal, in every program. */
function variableOf(key: string, node: Expression): Variable {
  const known = variables.get(key) ?? { variable: { name: 'literal' }, value: withoutPlace(node) };
  variables.set(key, known);
  return known.variable;
}

function withoutPlace(node: Expression): Expression {
  const value = { ...node };
  delete value.at;
  return value;
}

function declarationsOf(keys: readonly string[]): LocalStatement[] {
  const found = keys.flatMap((key) => variables.get(key) ?? []);
  return Array.from({ length: Math.ceil(found.length / MAX_VALUES) }, (_, index): LocalStatement => {
    const some = found.slice(index * MAX_VALUES, (index + 1) * MAX_VALUES);
    return { type: 'LocalStatement', variables: some.map(({ variable }) => ref(variable)), init: some.map(({ value }) => value) };
  });
}
