import type { CallExpression, Expression, FunctionExpression, Statement, Variable } from './tree.ts';
import { assign, binary, call, global, local, member, number, ref } from './build.ts';
import type { Prelude } from './prelude.ts';
import { countReferences } from './references.ts';
import { eachChild, rewrite, walk } from './walk.ts';

/** Stands for a call whose target isn't known: it may reach every function that is used as a value. */
const ANYTHING = Symbol('anything');
type Caller = FunctionExpression | typeof ANYTHING;

/**
 * Luerl has no stack limit: endless recursion takes the node's memory. Functions that can be on the stack twice count how
 * deep they are, and stop with an ordinary error. Every cycle of the call graph passes through a guarded function.
 */
export function guardRecursion(body: Statement[], prelude: Prelude): Statement[] {
  const calls = callGraph(body);
  const known = new Map<Caller, Set<Caller>>([...calls].filter(([caller]) => caller !== ANYTHING).map(([caller, targets]) => [caller, new Set([...targets].filter((target) => target !== ANYTHING))]));
  const guarded = new Set<Caller>(inCycles(known).flat());
  for (const cycle of inCycles(calls)) {
    if (cycle.includes(ANYTHING)) for (const caller of cycle) if (calls.get(caller)?.has(ANYTHING)) guarded.add(caller);
  }
  guarded.delete(ANYTHING);
  if (guarded.size === 0) return body;
  const functionOf = functionFinder(body);
  const nests = nesting(calls, guarded);
  walk(body, (node) => {
    if (node.type === 'FunctionDeclaration' && guarded.has(node)) guard(node, prelude);
  });
  return rewrite(body, {
    expression: (node) => {
      if (node.type === 'Identifier' && !node.variable && node.name === 'pcall') return ref(prelude.use('guardedPcall'));
      const callback = node.type === 'CallExpression' ? callbackOf(node) : undefined;
      if (node.type !== 'CallExpression' || !callback || !nests(functionOf(callback))) return node;
      const { base } = node;
      const method = base.type === 'MemberExpression' && base.indexer === ':' ? [member(global('string'), base.identifier.name), base.base] : [base];
      return { ...node, base: ref(prelude.use('hostCall')), arguments: [...method, ...node.arguments] };
    },
  });
}

/** What a call of `table.sort` or `string.gsub` is given to call, if it may be a function. */
function callbackOf(node: CallExpression): Expression | undefined {
  const { base } = node;
  if (base.type !== 'MemberExpression' || (base.indexer === '.' && hostFunction(base) === undefined)) return undefined;
  const callback = base.identifier.name === 'sort' && base.indexer === '.' ? node.arguments[1] : base.identifier.name === 'gsub' ? node.arguments[base.indexer === ':' ? 1 : 2] : undefined;
  return callback?.type === 'StringLiteral' || callback?.type === 'TableConstructorExpression' ? undefined : callback;
}

type FunctionFinder = (node: Expression) => FunctionExpression | undefined;

function functionFinder(body: Statement[]): FunctionFinder {
  const references = countReferences(body);
  return (node) => {
    if (node.type === 'FunctionDeclaration') return node;
    return node.type === 'Identifier' && node.variable ? references.functionOf(node.variable) : undefined;
  };
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

function callGraph(body: Statement[]): Map<Caller, Set<Caller>> {
  const functionOf = functionFinder(body);
  const calls = new Map<Caller, Set<Caller>>([[ANYTHING, new Set()]]);
  const targets = (caller: Caller) => {
    const set = calls.get(caller) ?? new Set<Caller>();
    calls.set(caller, set);
    return set;
  };
  const visit = (node: Expression | Statement, caller: Caller | undefined): void => {
    const down = (inner: Caller | undefined, skip?: Expression) =>
      eachChild(node, (child) => child !== skip && visit(child, inner), (block) => block.forEach((statement) => visit(statement, inner)));
    if (node.type === 'FunctionDeclaration') {
      targets(node);
      // An anonymous function is a value somebody may call.
      if (!node.identifier) targets(ANYTHING).add(node);
      down(node);
      return;
    }
    if (isDefinition(node)) {
      // Known by one name: whoever calls it is seen.
      for (const value of node.init) {
        if (value.type !== 'FunctionDeclaration') visit(value, caller);
        else {
          targets(value);
          if (!node.variables.some((id) => functionOf(id) === value)) targets(ANYTHING).add(value);
          value.body.forEach((statement) => visit(statement, value));
        }
      }
      return;
    }
    if (node.type === 'CallExpression') {
      const target = functionOf(node.base);
      const host = hostFunction(node.base);
      if (caller) {
        if (target) targets(caller).add(target);
        else if (host === undefined) targets(caller).add(ANYTHING);
        const callback = callbackOf(node);
        if (callback) targets(caller).add(functionOf(callback) ?? ANYTHING);
        if (host && CALLS_BACK.has(host)) targets(caller).add(ANYTHING);
      }
      down(caller, target || host !== undefined ? node.base : undefined);
      if (target && node.base.type === 'FunctionDeclaration') visit(node.base, caller);
      return;
    }
    const mentioned = node.type === 'Identifier' ? functionOf(node) : undefined;
    if (mentioned) targets(ANYTHING).add(mentioned);
    down(caller);
  };
  body.forEach((node) => visit(node, undefined));
  return calls;
}

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
function guard(node: FunctionExpression, prelude: Prelude): void {
  const depth = prelude.use('depth');
  const down: Statement = assign(ref(depth), binary('-', ref(depth), number(1)));
  const body = leaving(node.body, down, prelude);
  const last = body[body.length - 1];
  node.body = [
    { type: 'CallStatement', expression: call(ref(prelude.use('enter'))) },
    ...body,
    ...(last?.type === 'ReturnStatement' ? [] : [down]),
  ];
}

function leaving(body: Statement[], down: Statement, prelude: Prelude): Statement[] {
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
        return [{ ...node, arguments: [call(ref(prelude.use('leave')), ...node.arguments)] }];
      }
      case 'IfStatement': return [{ ...node, clauses: node.clauses.map((clause) => ({ ...clause, body: leaving(clause.body, down, prelude) })) }];
      case 'WhileStatement': case 'RepeatStatement': case 'DoStatement': case 'ForNumericStatement': case 'ForGenericStatement':
        return [{ ...node, body: leaving(node.body, down, prelude) }];
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
