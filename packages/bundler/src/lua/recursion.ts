import type { CallExpression, Expression, FunctionExpression, Statement, Variable } from './tree.ts';
import { assign, binary, call, global, local, member, number, ref } from './build.ts';
import { pieceVariable } from './prelude.ts';
import { programReferences, type References } from './references.ts';
import { remembered, unitPass } from './units.ts';
import { eachChild, rewriteUnit, walk } from './walk.ts';

/** Stands for a call whose target isn't known: it may reach every function that is used as a value. */
const ANYTHING = Symbol('anything');
type Caller = FunctionExpression | typeof ANYTHING;

/**
 * Luerl has no stack limit: endless recursion takes the node's memory. Functions that can be on the stack twice count how
 * deep they are, and stop with an ordinary error. Every cycle of the call graph passes through a guarded function.
 */
export function guardRecursion(body: readonly Statement[], { functionOf }: References = programReferences(body)): Statement[] {
  const calls = callGraph(body, functionOf);
  const known = new Map<Caller, Set<Caller>>([...calls].filter(([caller]) => caller !== ANYTHING).map(([caller, targets]) => [caller, new Set([...targets].filter((target) => target !== ANYTHING))]));
  const guarded = new Set<Caller>(inCycles(known).flat());
  for (const cycle of inCycles(calls)) {
    if (cycle.includes(ANYTHING)) for (const caller of cycle) if (calls.get(caller)?.has(ANYTHING)) guarded.add(caller);
  }
  guarded.delete(ANYTHING);
  if (guarded.size === 0) return [...body];
  const nests = nesting(calls, guarded);
  const nestsAt = (callback: Expression) => nests(callback.type === 'FunctionDeclaration' ? callback : callback.type === 'Identifier' && callback.variable ? functionOf(callback.variable) : undefined);
  const digits = (list: readonly boolean[]) => list.map(Number).join('');
  return guardUnit(body, {}, undefined, (unit) => {
    const { functions, callbacks } = callsIn(unit);
    return `${digits(functions.map((each) => guarded.has(each)))} ${digits(callbacks.map(nestsAt))}`;
  });
}

/** By the key: which of a unit's functions are guarded, and which of its callbacks may end up in a guarded one. */
const guardUnit = unitPass((unit, _ask, key) => {
  const [functions = '', callbacks = ''] = key.split(' ');
  const found = callsOf(unit);
  const nested = new Set<Expression>();
  found.sites.forEach((site, index) => callbacks[index] === '1' && nested.add(site));
  found.functions.forEach((each, index) => functions[index] === '1' && guard(each));
  return rewriteUnit(unit, {
    expression: (node) => {
      if (node.type === 'Identifier' && !node.variable && node.name === 'pcall') return ref(pieceVariable('guardedPcall'));
      if (node.type !== 'CallExpression' || !nested.has(node)) return node;
      const { base } = node;
      const method = base.type === 'MemberExpression' && base.indexer === ':' ? [member(global('string'), base.identifier.name), base.base] : [base];
      return { ...node, base: ref(pieceVariable('hostCall')), arguments: [...method, ...node.arguments] };
    },
  }) ?? unit;
});

/** Functions of a unit, calls that hand the host something to call, and what they hand: in order. */
function callsOf(unit: Statement[]): { functions: FunctionExpression[]; sites: CallExpression[]; callbacks: Expression[] } {
  const functions: FunctionExpression[] = [];
  const sites: CallExpression[] = [];
  const callbacks: Expression[] = [];
  walk(unit, (node) => {
    if (node.type === 'FunctionDeclaration') functions.push(node);
    const callback = node.type === 'CallExpression' ? callbackOf(node) : undefined;
    if (node.type !== 'CallExpression' || !callback) return;
    sites.push(node);
    callbacks.push(callback);
  });
  return { functions, sites, callbacks };
}

const callsIn = remembered((unit) => callsOf([unit]));

/** What a call of `table.sort` or `string.gsub` is given to call, if it may be a function. */
function callbackOf(node: CallExpression): Expression | undefined {
  const { base } = node;
  if (base.type !== 'MemberExpression' || (base.indexer === '.' && hostFunction(base) === undefined)) return undefined;
  const callback = base.identifier.name === 'sort' && base.indexer === '.' ? node.arguments[1] : base.identifier.name === 'gsub' ? node.arguments[base.indexer === ':' ? 1 : 2] : undefined;
  return callback?.type === 'StringLiteral' || callback?.type === 'TableConstructorExpression' ? undefined : callback;
}

/** Whether a function that the host calls may end up in a guarded one, and so in the host again. */
function nesting(calls: ReadonlyMap<Caller, ReadonlySet<Caller>>, guarded: ReadonlySet<Caller>): (start: FunctionExpression | undefined) => boolean {
  return (start) => {
    const seen = new Set<Caller>();
    const queue: Caller[] = [start ?? ANYTHING];
    for (let next = queue.pop(); next; next = queue.pop()) {
      if (next === ANYTHING || guarded.has(next)) return true;
      for (const target of calls.get(next) ?? []) if (!seen.has(target)) queue.push(target);
      seen.add(next);
    }
    return false;
  };
}

/** What one unit adds to the call graph; variables stand for the functions that they may hold. */
interface UnitGraph {
  /** In order: functions, whether anybody can name them or not. */
  functions: readonly FunctionExpression[];
  edges: readonly (readonly [caller: Caller, target: Caller])[];
  /** Calls of a variable by a function. */
  calls: readonly (readonly [caller: FunctionExpression, target: Variable])[];
  /** Callbacks by variable. */
  callbacks: readonly (readonly [caller: FunctionExpression, target: Variable])[];
  /** Variables used in another way than to be called. */
  values: ReadonlySet<Variable>;
  /** Functions, and the variables that they are given to. */
  definitions: readonly (readonly [value: FunctionExpression, variables: readonly (Variable | undefined)[]])[];
}

function callGraph(body: readonly Statement[], functionOf: References['functionOf']): Map<Caller, Set<Caller>> {
  const graph = new Map<Caller, Set<Caller>>([[ANYTHING, new Set()]]);
  const targets = (caller: Caller) => {
    let set = graph.get(caller);
    if (!set) graph.set(caller, set = new Set<Caller>());
    return set;
  };
  for (const { functions, edges, calls, callbacks, values, definitions } of body.map(graphOf)) {
    functions.forEach(targets);
    for (const [caller, target] of edges) targets(caller).add(target);
    for (const [caller, target] of calls) targets(caller).add(functionOf(target) ?? ANYTHING);
    for (const [caller, target] of callbacks) targets(caller).add(functionOf(target) ?? ANYTHING);
    for (const [value, variables] of definitions) if (!variables.some((each) => each && functionOf(each) === value)) targets(ANYTHING).add(value);
    for (const variable of values) {
      const value = functionOf(variable);
      if (value) targets(ANYTHING).add(value);
    }
  }
  return graph;
}

const graphOf = remembered((unit): UnitGraph => {
  const functions: FunctionExpression[] = [];
  const edges: [Caller, Caller][] = [];
  const calls: [FunctionExpression, Variable][] = [];
  const callbacks: [FunctionExpression, Variable][] = [];
  const values = new Set<Variable>();
  const definitions: [FunctionExpression, (Variable | undefined)[]][] = [];
  const visit = (node: Expression | Statement, caller: FunctionExpression | undefined): void => {
    const down = (inner: FunctionExpression | undefined, skip?: Expression) =>
      eachChild(node, (child) => child !== skip && visit(child, inner), (block) => block.forEach((statement) => visit(statement, inner)));
    if (node.type === 'FunctionDeclaration') {
      functions.push(node);
      // An anonymous function is a value somebody may call.
      if (!node.identifier) edges.push([ANYTHING, node]);
      down(node);
    } else if (isDefinition(node)) {
      // Known by one name: whoever calls it is seen.
      for (const value of node.init) {
        if (value.type !== 'FunctionDeclaration') visit(value, caller);
        else {
          functions.push(value);
          definitions.push([value, node.variables.map((id) => (id.type === 'Identifier' ? id.variable : undefined))]);
          value.body.forEach((statement) => visit(statement, value));
        }
      }
    } else if (node.type === 'CallExpression') {
      const { base } = node;
      const variable = base.type === 'Identifier' ? base.variable : undefined;
      const host = hostFunction(base);
      if (caller) {
        if (base.type === 'FunctionDeclaration') edges.push([caller, base]);
        else if (variable) calls.push([caller, variable]);
        else if (host === undefined) edges.push([caller, ANYTHING]);
        const callback = callbackOf(node);
        if (callback?.type === 'Identifier' && callback.variable) callbacks.push([caller, callback.variable]);
        else if (callback) edges.push([caller, callback.type === 'FunctionDeclaration' ? callback : ANYTHING]);
        if (host && CALLS_BACK.has(host)) edges.push([caller, ANYTHING]);
      }
      down(caller, variable || host !== undefined ? base : undefined);
    } else {
      if (node.type === 'Identifier' && node.variable) values.add(node.variable);
      down(caller);
    }
  };
  visit(unit, undefined);
  return { functions, edges, calls, callbacks, values, definitions };
});

function isDefinition(node: Expression | Statement): node is Extract<Statement, { type: 'LocalStatement' | 'AssignmentStatement' }> {
  return node.type === 'LocalStatement' || (node.type === 'AssignmentStatement' && node.variables.every(({ type }) => type === 'Identifier'));
}

/** Host functions, besides those of `callbackOf`, that call what they are given. */
const CALLS_BACK = new Set(['pcall', 'xpcall', 'load', 'require']);

/** Name of a host function called directly: `tostring`, `string.sub` → `sub`. */
function hostFunction(node: Expression): string | undefined {
  if (node.type === 'Identifier') return node.variable ? undefined : node.name;
  const isLibrary = node.type === 'MemberExpression' && node.indexer === '.' && node.base.type === 'Identifier' && !node.base.variable;
  return isLibrary ? node.identifier.name : undefined;
}

/** Strongly connected groups that hold a cycle (Tarjan, without recursion of its own beyond the graph's depth). */
function inCycles(graph: ReadonlyMap<Caller, ReadonlySet<Caller>>): Caller[][] {
  const index = new Map<Caller, number>();
  const low = new Map<Caller, number>();
  const stack: Caller[] = [];
  const onStack = new Set<Caller>();
  const groups: Caller[][] = [];
  const connect = (caller: Caller) => {
    index.set(caller, index.size);
    low.set(caller, index.size - 1);
    stack.push(caller);
    onStack.add(caller);
    for (const target of graph.get(caller) ?? []) {
      if (!index.has(target)) {
        connect(target);
        low.set(caller, Math.min(low.get(caller) ?? 0, low.get(target) ?? 0));
      } else if (onStack.has(target)) low.set(caller, Math.min(low.get(caller) ?? 0, index.get(target) ?? 0));
    }
    if (low.get(caller) !== index.get(caller)) return;
    const group = stack.splice(stack.lastIndexOf(caller));
    group.forEach((member) => onStack.delete(member));
    if (group.length > 1 || graph.get(caller)?.has(caller)) groups.push(group);
  };
  for (const caller of graph.keys()) if (!index.has(caller)) connect(caller);
  return groups;
}

/** Counts the function's depth in and out. Errors leave it counted; the prelude's `pcall` sets it back. */
function guard(node: FunctionExpression): void {
  const depth = pieceVariable('depth');
  const down: Statement = assign(ref(depth), binary('-', ref(depth), number(1)));
  const body = leaving(node.body, down);
  const last = body[body.length - 1];
  node.body = [
    { type: 'CallStatement', expression: call(ref(pieceVariable('enter'))) },
    ...body,
    ...(last?.type === 'ReturnStatement' ? [] : [down]),
  ];
}

function leaving(body: Statement[], down: Statement): Statement[] {
  return body.flatMap((node): Statement[] => {
    switch (node.type) {
      case 'ReturnStatement': {
        const plain = node.arguments.every((argument) => !contains(argument, 'CallExpression'));
        if (plain) return [{ ...down } as Statement, node];
        const [only] = node.arguments;
        if (only && node.arguments.length === 1 && (only.type !== 'CallExpression' || only.inParens)) {
          const result: Variable = { name: 'result' };
          return [local(result, only), { ...down } as Statement, { ...node, arguments: [ref(result)] }];
        }
        return [{ ...node, arguments: [call(ref(pieceVariable('leave')), ...node.arguments)] }];
      }
      case 'IfStatement': return [{ ...node, clauses: node.clauses.map((clause) => ({ ...clause, body: leaving(clause.body, down) })) }];
      case 'WhileStatement': case 'RepeatStatement': case 'DoStatement': case 'ForNumericStatement': case 'ForGenericStatement':
        return [{ ...node, body: leaving(node.body, down) }];
      default: return [node];
    }
  });
}

function contains(node: Expression, type: Expression['type']): boolean {
  let found = false;
  walk(node, (inner) => {
    if (inner.type === 'FunctionDeclaration') return false;
    if (inner.type === type) found = true;
    return undefined;
  });
  return found;
}
