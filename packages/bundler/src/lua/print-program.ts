import type { Statement, Variable } from './tree.ts';
import { scopeOf } from './limits.ts';
import { joinPrinted, printPart, type Printed } from './print.ts';
import type { ProgramReferences } from './references.ts';
import { globalsIn, nameBlock, nameScope } from './rename.ts';

/** A program in two blocks, the second within the first. */
export interface Program {
  opening: readonly Statement[];
  body: readonly Statement[];
}

/**
 * Names the variables of a program and prints it. A unit is named and printed again only when names of what it takes from
 * outside have changed.
 */
export function printProgram({ opening, body }: Program, { minify, references }: { minify: boolean; references: ProgramReferences }): Printed {
  const units = [...opening, ...body];
  const globals = new Set(units.flatMap(globalsIn));
  const names = { minify, globals, uses: references.follow(units).mentions };
  const outer = variablesOf(opening);
  nameBlock(outer, [], names);
  const own = new Set(outer);
  const inner = variablesOf(body);
  nameBlock(inner, new Set(body.flatMap((unit) => [...scopeOf(unit).mentioned]).flatMap((variable) => (own.has(variable) ? variable.printed ?? [] : []))), names);
  inner.forEach((variable) => own.add(variable));

  const around = JSON.stringify([minify, ...globals]);
  const isNested = opening.length > 0;
  const print = (unit: Statement, depth: number): Printed => {
    const scope = scopeOf(unit);
    const key = [around, depth, ...[...scope.mentioned].flatMap((variable) => (own.has(variable) ? variable.printed ?? [] : []))].join();
    const known = printed.get(unit);
    if (known?.key === key) return known.result;
    for (const child of scope.children) nameScope(child, names, new Set(own));
    const result = printPart([unit], { minify, depth, continued: true });
    printed.set(unit, { key, result });
    return result;
  };
  const word = (code: string): Printed => ({ code, positions: [], bytes: new Map() });
  return joinPrinted([
    ...opening.map((unit) => print(unit, 0)),
    ...(isNested ? [word('do')] : []), ...body.map((unit) => print(unit, isNested ? 1 : 0)), ...(isNested ? [word('end')] : []),
  ], { minify });
}

const printed = new WeakMap<Statement, { key: string; result: Printed }>();

function variablesOf(units: readonly Statement[]): Variable[] {
  return [...new Set(units.flatMap((unit) => scopeOf(unit).variables))];
}
