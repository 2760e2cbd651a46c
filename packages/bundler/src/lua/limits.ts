import type { FunctionExpression, Statement, Variable } from './tree.ts';
import { assign, local, member, ref } from './build.ts';
import { shortName } from './rename.ts';
import { scopeTree, type Scope } from './scope.ts';
import { programReferences, type ProgramReferences } from './references.ts';
import { remembered, unitPass } from './units.ts';
import { rewriteUnit } from './walk.ts';

/** Lua allows 200 locals in a function; loops and calls keep some for themselves. */
const MAX_LOCALS = 180;
/** Lua allows 255 captured variables in a function. */
const MAX_UPVALUES = 240;

interface Move {
  table: Variable;
  /** The function that holds the table; undefined for the program. */
  owner: FunctionExpression | undefined;
}

/** Holds what the program itself has too much of. */
const spilled: Variable = { name: 'spilled' };

/**
 * Moves the least used variables of functions with too many into a table of that function; so those of the program itself,
 * which live as long as it does. Parameters and loop variables never move.
 */
export function obeyLuaLimits(body: readonly Statement[], references: ProgramReferences = programReferences([])): Statement[] {
  const units = relieveFunctions(body, {});
  const { mentions } = references.follow(units);
  const scopes = units.map(scopeOf);
  const program: Scope = {
    parent: undefined, functionNode: undefined, mentioned: new Set(),
    variables: scopes.flatMap(({ variables }) => variables), children: scopes.flatMap(({ children }) => children),
  };
  const movable = new Set(units.flatMap((unit) => movableIn(unit)));
  const moved = new Map<Variable, Move>();
  relieve(program, { table: spilled, owner: undefined }, movable, mentions, moved);
  for (const captured of units.flatMap(crowdsIn)) relieveUpvalues(captured, movable, mentions, moved);
  if (moved.size === 0) return units;
  const names = fieldNames(moved);
  return [local(spilled, { type: 'TableConstructorExpression', fields: [] }), ...spill(units, { field: (variable) => names.get(variable) })];
}

/** The blocks of a unit, with what each mentions. */
export const scopeOf = remembered((unit) => scopeTree([unit]));

/** Variables of the program's own blocks. */
const movableIn = remembered((unit): readonly Variable[] => declaredIn([unit]));

/** For each function of a unit that captures too much, what it captures. */
const crowdsIn = remembered((unit): readonly (readonly Variable[])[] => {
  const crowds: Variable[][] = [];
  const visit = (scope: Scope) => {
    if (scope.functionNode && scope.mentioned.size > MAX_UPVALUES) {
      const inside = new Set<Variable>();
      const own = (at: Scope): void => {
        at.variables.forEach((variable) => inside.add(variable));
        at.children.forEach(own);
      };
      own(scope);
      const captured = [...scope.mentioned].filter((variable) => !inside.has(variable));
      if (captured.length > MAX_UPVALUES) crowds.push(captured);
    }
    scope.children.forEach(visit);
  };
  visit(scopeOf(unit));
  return crowds;
});

const relieveFunctions = unitPass((unit) => {
  const tree = scopeTree(unit);
  const moved = new Map<Variable, Move>();
  const { mentions } = programReferences(unit);
  const visit = (scope: Scope) => {
    const { functionNode: owner } = scope;
    if (owner) relieve(scope, { table: { name: 'spilled' }, owner }, new Set(declaredIn(owner.body)), mentions, moved);
    scope.children.forEach(visit);
  };
  visit(tree);
  if (moved.size === 0) return undefined;
  for (const [owner, table] of new Map([...moved.values()].map((each) => [each.owner, each.table]))) {
    if (owner) owner.body = [local(table, { type: 'TableConstructorExpression', fields: [] }), ...owner.body];
  }
  const names = fieldNames(moved);
  return moveTo(unit, (variable) => names.get(variable), (variable) => moved.get(variable)?.table);
});

/** Declared by a plain `local` or `local function` in the function's own code, not inside a loop: one instance per call. */
function declaredIn(body: readonly Statement[]): Variable[] {
  return body.flatMap((node) => {
    if (node.type === 'LocalStatement') return node.variables.flatMap(({ variable }) => variable ?? []);
    if (node.type === 'FunctionDeclaration') return node.identifier?.variable ?? [];
    return node.type === 'DoStatement' ? declaredIn(node.body) : [];
  });
}

/** Most locals alive at once in the blocks of one function, nested functions excluded. */
function peak(scope: Scope, kept: (variable: Variable) => boolean): number {
  const own = scope.variables.filter(kept).length;
  return own + Math.max(0, ...scope.children.filter((child) => !child.functionNode).map((child) => peak(child, kept)));
}

function relieve(scope: Scope, move: Move, movable: ReadonlySet<Variable>, uses: (variable: Variable) => number, moved: Map<Variable, Move>): void {
  if (peak(scope, () => true) <= MAX_LOCALS) return;
  const blocks = (at: Scope): Variable[] => [...at.variables, ...at.children.filter((child) => !child.functionNode).flatMap(blocks)];
  const candidates = blocks(scope).filter((variable) => movable.has(variable)).sort((a, b) => uses(a) - uses(b));
  const isEnough = (count: number) => {
    const leaving = new Set(candidates.slice(0, count));
    return peak(scope, (variable) => !leaving.has(variable)) <= MAX_LOCALS;
  };
  for (const variable of candidates.slice(0, fewest(candidates.length, isEnough))) moved.set(variable, move);
}

/** The smallest number up to `most` that is enough, or `most`: more is never worse. */
function fewest(most: number, isEnough: (count: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isEnough(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A function that captures too many loses the least used of them to the program's table. */
function relieveUpvalues(captured: readonly Variable[], movable: ReadonlySet<Variable>, uses: (variable: Variable) => number, moved: Map<Variable, Move>): void {
  const left = captured.filter((variable) => !moved.has(variable));
  const candidates = left.filter((variable) => movable.has(variable)).sort((a, b) => uses(a) - uses(b));
  for (const variable of candidates.slice(0, Math.max(0, left.length - MAX_UPVALUES))) moved.set(variable, { table: spilled, owner: undefined });
}

function fieldNames(moved: ReadonlyMap<Variable, Move>): ReadonlyMap<Variable, string> {
  const fields = new Map<Variable, string>();
  const taken = new Map<Variable, number>();
  for (const [variable, { table }] of moved) {
    const count = taken.get(table) ?? 0;
    taken.set(table, count + 1);
    fields.set(variable, shortName(count));
  }
  return fields;
}

const spill = unitPass<{ field: (variable: Variable) => string | undefined }>((unit, { field }) => moveTo(unit, field, () => spilled));

function moveTo(body: Statement[], fieldOf: (variable: Variable) => string | undefined, tableOf: (variable: Variable) => Variable | undefined): Statement[] {
  const field = (variable: Variable | undefined) => {
    const name = variable && fieldOf(variable);
    const table = name === undefined || !variable ? undefined : tableOf(variable);
    return table && member(ref(table), name ?? '');
  };
  return rewriteUnit(body, {
    expression: (node) => (node.type === 'Identifier' && field(node.variable)) || node,
    statement: (node) => {
      if (node.type === 'FunctionDeclaration') {
        const target = field(node.identifier?.variable);
        return target ? assign(target, { ...node, identifier: null, isLocal: false }) : node;
      }
      if (node.type !== 'LocalStatement' || !node.variables.some(({ variable }) => field(variable))) return node;
      const staying = node.variables.filter(({ variable }) => !field(variable));
      const declaration: Statement[] = staying.length > 0 ? [{ type: 'LocalStatement', variables: staying, init: [] }] : [];
      if (node.init.length === 0) return declaration;
      return [...declaration, { ...node, type: 'AssignmentStatement', variables: node.variables.map((id) => field(id.variable) ?? id) }];
    },
  }) ?? body;
}
