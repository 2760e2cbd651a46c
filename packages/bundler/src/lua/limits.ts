import type { FunctionExpression, Statement, Variable } from './tree.ts';
import { assign, local, member, ref } from './build.ts';
import { shortName } from './rename.ts';
import { scopeTree, type Scope } from './scope.ts';
import { rewrite, walk } from './walk.ts';

/** Lua allows 200 locals in a function; loops and calls keep some for themselves. */
const MAX_LOCALS = 180;
/** Lua allows 255 captured variables in a function. */
const MAX_UPVALUES = 240;

/**
 * Moves the least used variables of functions with too many into a table of that function. `outer` are variables that
 * live as long as the whole program (module level): they may move; parameters and loop variables never do.
 */
export function obeyLuaLimits(body: Statement[]): Statement[] {
  const movable = movableVariables(body);
  const uses = countUses(body);
  const moved = new Map<Variable, { table: Variable; owner: FunctionExpression | undefined }>();
  const visit = (scope: Scope, owner: FunctionExpression | undefined) => {
    const home = scope.functionNode ?? owner;
    if (scope.functionNode || !scope.parent) relieve(scope, home, movable, uses, moved);
    scope.children.forEach((child) => visit(child, home));
  };
  const tree = scopeTree(body);
  visit(tree, undefined);
  relieveUpvalues(tree, movable, uses, moved);
  return moved.size === 0 ? body : move(body, moved);
}

/** Declared by a plain `local` or `local function` in the function's own code, not inside a loop: one instance per call. */
function movableVariables(body: Statement[]): Set<Variable> {
  const found = new Set<Variable>();
  const scan = (statements: Statement[]) => {
    for (const node of statements) {
      if (node.type === 'LocalStatement') node.variables.forEach((id) => id.variable && found.add(id.variable));
      if (node.type === 'FunctionDeclaration' && node.identifier?.variable) found.add(node.identifier.variable);
      if (node.type === 'DoStatement') scan(node.body);
    }
  };
  scan(body);
  walk(body, (node) => {
    if (node.type === 'FunctionDeclaration') scan(node.body);
  });
  return found;
}

function countUses(body: Statement[]): Map<Variable, number> {
  const uses = new Map<Variable, number>();
  walk(body, (node) => {
    if (node.type === 'Identifier' && node.variable) uses.set(node.variable, (uses.get(node.variable) ?? 0) + 1);
  });
  return uses;
}

/** Most locals alive at once in the blocks of one function, nested functions excluded. */
function peak(scope: Scope, kept: (variable: Variable) => boolean): number {
  const own = scope.variables.filter(kept).length;
  return own + Math.max(0, ...scope.children.filter((child) => !child.functionNode).map((child) => peak(child, kept)));
}

function relieve(
  scope: Scope, owner: FunctionExpression | undefined, movable: ReadonlySet<Variable>, uses: ReadonlyMap<Variable, number>,
  moved: Map<Variable, { table: Variable; owner: FunctionExpression | undefined }>,
): void {
  const kept = (variable: Variable) => !moved.has(variable);
  if (peak(scope, kept) <= MAX_LOCALS) return;
  const table: Variable = { name: 'spilled' };
  const blocks = (at: Scope): Variable[] => [...at.variables, ...at.children.filter((child) => !child.functionNode).flatMap(blocks)];
  const candidates = blocks(scope).filter((variable) => movable.has(variable)).sort((a, b) => (uses.get(a) ?? 0) - (uses.get(b) ?? 0));
  const isEnough = (count: number) => {
    const leaving = new Set(candidates.slice(0, count));
    return peak(scope, (variable) => kept(variable) && !leaving.has(variable)) <= MAX_LOCALS;
  };
  for (const variable of candidates.slice(0, fewest(candidates.length, isEnough))) moved.set(variable, { table, owner });
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

/** A function that captures too many loses the least used of them to the outermost function's table. */
function relieveUpvalues(
  tree: Scope, movable: ReadonlySet<Variable>, uses: ReadonlyMap<Variable, number>,
  moved: Map<Variable, { table: Variable; owner: FunctionExpression | undefined }>,
): void {
  const outermost = new Set<Variable>();
  const gather = (scope: Scope) => {
    scope.variables.forEach((variable) => outermost.add(variable));
    scope.children.filter((child) => !child.functionNode).forEach(gather);
  };
  gather(tree);
  const table = [...moved.values()].find(({ owner }) => owner === undefined)?.table ?? { name: 'spilled' };
  const visit = (scope: Scope) => {
    if (scope.functionNode) {
      const inside = new Set<Variable>();
      const own = (at: Scope): void => {
        at.variables.forEach((variable) => inside.add(variable));
        at.children.forEach(own);
      };
      own(scope);
      const captured = [...scope.mentioned].filter((variable) => !inside.has(variable) && !moved.has(variable));
      const candidates = captured.filter((variable) => movable.has(variable) && outermost.has(variable)).sort((a, b) => (uses.get(a) ?? 0) - (uses.get(b) ?? 0));
      for (const variable of candidates.slice(0, Math.max(0, captured.length - MAX_UPVALUES))) moved.set(variable, { table, owner: undefined });
    }
    scope.children.forEach(visit);
  };
  visit(tree);
}

function move(body: Statement[], moved: ReadonlyMap<Variable, { table: Variable; owner: FunctionExpression | undefined }>): Statement[] {
  const fields = new Map<Variable, string>();
  const taken = new Map<Variable, number>();
  for (const [variable, { table }] of moved) {
    const count = (taken.get(table) ?? 0) + 1;
    taken.set(table, count);
    fields.set(variable, shortName(count - 1));
  }
  const field = (variable: Variable) => {
    const place = moved.get(variable);
    return place && member(ref(place.table), fields.get(variable) ?? '');
  };
  const result = rewrite(body, {
    expression: (node) => (node.type === 'Identifier' && node.variable && field(node.variable)) || node,
    statement: (node) => {
      if (node.type === 'FunctionDeclaration' && node.identifier?.variable) {
        const target = field(node.identifier.variable);
        return target ? assign(target, { ...node, identifier: null, isLocal: false }) : node;
      }
      if (node.type !== 'LocalStatement' || !node.variables.some((id) => id.variable && moved.has(id.variable))) return node;
      const staying = node.variables.filter((id) => id.variable && !moved.has(id.variable));
      const declaration: Statement[] = staying.length > 0 ? [{ type: 'LocalStatement', variables: staying, init: [] }] : [];
      if (node.init.length === 0) return declaration;
      return [...declaration, { ...node, type: 'AssignmentStatement', variables: node.variables.map((id) => (id.variable && field(id.variable)) || id) }];
    },
  });
  const tables = new Map<FunctionExpression | undefined, Set<Variable>>();
  for (const { table, owner } of moved.values()) tables.set(owner, (tables.get(owner) ?? new Set()).add(table));
  const opening = (owner: FunctionExpression | undefined): Statement[] =>
    [...(tables.get(owner) ?? [])].map((table) => local(table, { type: 'TableConstructorExpression', fields: [] }));
  walk(result, (node) => {
    if (node.type === 'FunctionDeclaration') node.body = [...opening(node), ...node.body];
  });
  return [...opening(undefined), ...result];
}
