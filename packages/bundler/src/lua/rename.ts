import { KEYWORDS } from './name.ts';
import type { Statement, Variable } from './tree.ts';
import { scopeTree, type Scope } from './scope.ts';
import { walk } from './walk.ts';

const FIRST = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_';
const REST = `${FIRST}0123456789`;

const NAMES = [...FIRST, ...[...REST].flatMap((second) => [...FIRST].map((first) => first + second))].filter((name) => !KEYWORDS.has(name));

/**
 * Chooses a printed name for every variable so that no mention is captured by another declaration.
 * `minify`: the most mentioned variables of each block get the shortest names that are free there;
 * otherwise names stay as written, with a number where two would clash.
 */
export function nameVariables(body: Statement[], { minify }: { minify: boolean }): void {
  const globals = new Set<string>();
  const uses = new Map<Variable, number>();
  walk(body, (node) => {
    if (node.type !== 'Identifier') return;
    if (node.variable) uses.set(node.variable, (uses.get(node.variable) ?? 0) + 1);
    else globals.add(node.name);
  });
  const visit = (scope: Scope) => {
    const taken = new Set<string>();
    for (const variable of scope.mentioned) if (variable.printed !== undefined && !scope.variables.includes(variable)) taken.add(variable.printed);
    const order = minify ? [...scope.variables].sort((a, b) => (uses.get(b) ?? 0) - (uses.get(a) ?? 0)) : scope.variables;
    let next = 0;
    for (const variable of order) {
      if (minify && !variable.fixed) {
        let name = shortName(next);
        while (taken.has(name) || globals.has(name)) name = shortName((next += 1));
        variable.printed = name;
      } else variable.printed = readableName(variable.name, (name) => taken.has(name) || globals.has(name) || KEYWORDS.has(name));
      taken.add(variable.printed);
    }
    scope.children.forEach(visit);
  };
  visit(scopeTree(body));
}

function readableName(wanted: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(wanted)) return wanted;
  for (let number = 2; ; number += 1) if (!isTaken(`${wanted}_${number}`)) return `${wanted}_${number}`;
}

/** 0 → a, 52 → _, 53 → aa, …; never a keyword. */
export function shortName(index: number): string {
  return NAMES[index] ?? `${shortName(index % NAMES.length)}${Math.floor(index / NAMES.length)}`;
}
