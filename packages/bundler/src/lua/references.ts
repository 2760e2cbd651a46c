import type { Expression, FunctionExpression, Identifier, Statement, Variable } from './tree.ts';
import { remembered } from './units.ts';
import { walk } from './walk.ts';

/** How a program uses its variables. */
export interface References {
  /** Assignments after the declaration. */
  writes(variable: Variable): number;
  /** The function a variable always holds, when it is defined exactly once. */
  functionOf(variable: Variable): FunctionExpression | undefined;
}

/** `outside`: what is known of variables that `body` does not declare, when it is but a part of the program. */
export function countReferences(body: readonly Statement[], outside?: References): References {
  const uses = new Map<Variable, Use>();
  const declared = outside && declaredIn(body);
  for (const each of body) for (const [variable, use] of countIn(each)) add(uses, variable, use);
  const known = ofUses(uses);
  if (!declared) return known;
  return {
    writes: (variable) => (declared.has(variable) ? known : outside).writes(variable),
    functionOf: (variable) => (declared.has(variable) ? known : outside).functionOf(variable),
  };
}

/** What one unit does with a variable. */
interface Use {
  mentions: number;
  writes: number;
  /** What it is defined as: functions, or something else. */
  values: readonly (FunctionExpression | undefined)[];
}

/** The references of a whole program, kept up to date as passes change it. */
export interface ProgramReferences extends References {
  /** Times that a variable is written in the program, its declarations apart. */
  mentions(variable: Variable): number;
  /** In no order: those that are mentioned or defined. */
  variables(): Iterable<Variable>;
  /** Turns to what the program is now. */
  follow(body: readonly Statement[]): ProgramReferences;
}

const usesOf = remembered(countIn);

/** The references of a program at each step of its way, kept from one build to the next: by the name of the step. */
export type Steps = (step: string) => ProgramReferences;

export function createSteps(): Steps {
  const steps = new Map<string, ProgramReferences>();
  return (step) => {
    let references = steps.get(step);
    if (!references) steps.set(step, references = programReferences([]));
    return references;
  };
}

export function programReferences(body: readonly Statement[]): ProgramReferences {
  const uses = new Map<Variable, Use>();
  let current: readonly Statement[] = [];
  const references: ProgramReferences = {
    ...ofUses(uses),
    mentions: (variable) => uses.get(variable)?.mentions ?? 0,
    variables: () => uses.keys(),
    follow(next) {
      const [gone, come] = difference(current, next);
      for (const unit of gone) for (const [variable, use] of usesOf(unit)) remove(uses, variable, use);
      for (const unit of come) for (const [variable, use] of usesOf(unit)) add(uses, variable, use);
      current = next;
      return references;
    },
  };
  return references.follow(body);
}

/** What is in one list only, when most of both is the same at both ends. */
function difference(before: readonly Statement[], after: readonly Statement[]): [Statement[], Statement[]] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const [old, fresh] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  const [was, is] = [new Set(old), new Set(fresh)];
  return [old.filter((unit) => !is.has(unit)), fresh.filter((unit) => !was.has(unit))];
}

function ofUses(uses: ReadonlyMap<Variable, Use>): References {
  return {
    writes: (variable) => uses.get(variable)?.writes ?? 0,
    functionOf(variable) {
      const values = uses.get(variable)?.values;
      return values?.length === 1 ? values[0] : undefined;
    },
  };
}

function add(uses: Map<Variable, Use>, variable: Variable, use: Use): void {
  const known = uses.get(variable);
  uses.set(variable, known ? { mentions: known.mentions + use.mentions, writes: known.writes + use.writes, values: [...known.values, ...use.values] } : use);
}

function remove(uses: Map<Variable, Use>, variable: Variable, use: Use): void {
  const known = uses.get(variable);
  if (!known) return;
  const values = [...known.values];
  for (const value of use.values) values.splice(values.indexOf(value), 1);
  const mentions = known.mentions - use.mentions;
  if (mentions === 0 && values.length === 0) uses.delete(variable);
  else uses.set(variable, { mentions, writes: known.writes - use.writes, values });
}

function countIn(unit: Statement): ReadonlyMap<Variable, Use> {
  const uses = new Map<Variable, { mentions: number; writes: number; values: (FunctionExpression | undefined)[] }>();
  const useOf = (variable: Variable) => {
    let use = uses.get(variable);
    if (!use) uses.set(variable, use = { mentions: 0, writes: 0, values: [] });
    return use;
  };
  const define = (id: Expression | Identifier | undefined, value: Expression | undefined) => {
    if (id?.type === 'Identifier' && id.variable) useOf(id.variable).values.push(value?.type === 'FunctionDeclaration' ? value : undefined);
  };
  walk(unit, (node) => {
    switch (node.type) {
      case 'Identifier':
        if (node.variable) useOf(node.variable).mentions += 1;
        break;
      case 'FunctionDeclaration':
        if (node.identifier) define(node.identifier, node);
        break;
      case 'LocalStatement':
        if (node.init.length > 0) node.variables.forEach((id, index) => define(id, node.init[index]));
        break;
      case 'AssignmentStatement':
        node.variables.forEach((target, index) => {
          if (target.type !== 'Identifier' || !target.variable) return;
          useOf(target.variable).writes += 1;
          define(target, node.variables.length === node.init.length ? node.init[index] : undefined);
        });
    }
  });
  return uses;
}

/** Variables that a part of a program declares: nothing outside of it can mean them. */
function declaredIn(body: readonly Statement[]): ReadonlySet<Variable> {
  const found = new Set<Variable>();
  const note = (id: Identifier | { type: 'VarargLiteral' } | null) => {
    if (id?.type === 'Identifier' && id.variable) found.add(id.variable);
  };
  walk([...body], (node) => {
    switch (node.type) {
      case 'LocalStatement': case 'ForGenericStatement': node.variables.forEach(note); break;
      case 'ForNumericStatement': note(node.variable); break;
      case 'FunctionDeclaration': note(node.identifier); node.parameters.forEach(note);
    }
  });
  return found;
}
