import { KEYWORDS } from './name.ts';
import type { Statement, Variable } from './tree.ts';
import { scopeTree, type Scope } from './scope.ts';
import { programReferences } from './references.ts';
import { remembered } from './units.ts';
import { walk } from './walk.ts';

const FIRST = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_';
const REST = `${FIRST}0123456789`;

const NAMES = [...FIRST, ...[...REST].flatMap((second) => [...FIRST].map((first) => first + second))].filter((name) => !KEYWORDS.has(name));

interface Names {
  minify: boolean;
  /** Names that no variable may take: the program's globals. */
  globals: ReadonlySet<string>;
  uses: (variable: Variable) => number;
}

/**
 * Chooses a printed name for every variable so that no mention is captured by another declaration.
 * `minify`: the most mentioned variables of each block get the shortest names that are free there;
 * otherwise names stay as written, with a number where two would clash.
 */
export function nameVariables(body: Statement[], { minify }: { minify: boolean }): void {
  const { mentions } = programReferences(body);
  nameScope(scopeTree(body), { minify, globals: new Set(body.flatMap(globalsIn)), uses: mentions }, new Set());
}

/** Names that a unit uses without declaring them. */
export const globalsIn = remembered((unit): readonly string[] => {
  const found = new Set<string>();
  walk(unit, (node) => {
    if (node.type === 'Identifier' && !node.variable) found.add(node.name);
  });
  return [...found];
});

/** Names a scope's variables, and those of all scopes in it; `named`: those that have their names. */
export function nameScope(scope: Scope, names: Names, named: Set<Variable>): void {
  const outer = [...scope.mentioned].flatMap((variable) => (named.has(variable) ? variable.printed ?? [] : []));
  nameBlock(scope.variables, outer, names);
  for (const variable of scope.variables) named.add(variable);
  for (const child of scope.children) nameScope(child, names, named);
}

/** Names the variables of one block; `taken`: what they may not hide. */
export function nameBlock(variables: readonly Variable[], outer: Iterable<string>, { minify, globals, uses }: Names): void {
  const taken = new Set<string>(outer);
  const order = minify ? [...variables].sort((a, b) => uses(b) - uses(a)) : variables;
  let next = 0;
  for (const variable of order) {
    if (minify && !variable.fixed) {
      let name = shortName(next);
      while (taken.has(name) || globals.has(name)) name = shortName((next += 1));
      variable.printed = name;
    } else variable.printed = readableName(variable.name, (name) => taken.has(name) || globals.has(name) || KEYWORDS.has(name));
    taken.add(variable.printed);
  }
}

function readableName(wanted: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(wanted)) return wanted;
  for (let number = 2; ; number += 1) if (!isTaken(`${wanted}_${number}`)) return `${wanted}_${number}`;
}

/** 0 → a, 52 → _, 53 → aa, …; never a keyword. */
export function shortName(index: number): string {
  return NAMES[index] ?? `${shortName(index % NAMES.length)}${Math.floor(index / NAMES.length)}`;
}
