import type { CallExpression, Expression, FunctionExpression, Statement, Variable } from './tree.ts';
import { assign, local, ref } from './build.ts';
import { findSingleCalls, type SingleCall } from './single-calls.ts';
import { isPure } from './purity.ts';
import { countReferences, type References } from './references.ts';
import { replaceFirst } from './replace-first.ts';
import { alwaysReturns, settle } from './settle.ts';
import { rewrite } from './walk.ts';

/** Chains of functions that call each other are followed this far. */
const MAX_ROUNDS = 12;

/**
 * Puts a function that has one caller in its place. Variables of a module that thereby are used in another become shared:
 * they are added to `shared`.
 */
export function inlineCalls(body: Statement[], shared: Set<Variable>): Statement[] {
  let current = body;
  const refused = new Set<Variable>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const calls = findSingleCalls(current, shared, refused);
    if (calls.size === 0) break;
    const done = new Set<Variable>();
    const references = countReferences(current);
    const next = rewrite(current, { block: (statements) => statements.flatMap((node) => inlineIn(node, calls, done, references)) });
    for (const { variable } of calls.values()) if (!done.has(variable)) refused.add(variable);
    const moved = new Set([...calls.values()].filter(({ variable }) => done.has(variable)).flatMap(({ captured }) => captured));
    moved.forEach((variable) => shared.add(variable));
    current = withoutDefinitions(next, done, moved);
  }
  return current;
}

function inlineIn(node: Statement, calls: ReadonlyMap<Expression, SingleCall>, done: Set<Variable>, references: References): Statement[] {
  const whole = wholeCall(node);
  const known = whole && calls.get(whole);
  if (known && whole && !done.has(known.variable)) {
    const inlined = inPlace(node, whole, known.value);
    if (inlined) {
      done.add(known.variable);
      return inlined;
    }
    return [node];
  }
  let taken: { call: CallExpression; single: SingleCall } | undefined;
  const result: Variable = { name: 'result' };
  const fits = ({ value }: SingleCall) => settle(value.body, (end) => [assign(ref(result), end?.arguments[0] ?? { type: 'NilLiteral' })]) !== undefined;
  replaceFirst(node, (item) => {
    const single = item.type === 'CallExpression' ? calls.get(item) : undefined;
    if (item.type !== 'CallExpression' || !single || done.has(single.variable) || !fits(single)) return undefined;
    taken = { call: item, single };
    return ref(result);
  }, references);
  if (!taken) return [node];
  done.add(taken.single.variable);
  return [...(inPlace(local(result, taken.call), taken.call, taken.single.value) ?? []), node];
}

/** The call that a statement consists of. */
function wholeCall(node: Statement): CallExpression | undefined {
  const value = node.type === 'CallStatement' ? node.expression
    : node.type === 'ReturnStatement' && node.arguments.length === 1 ? node.arguments[0]
      : (node.type === 'LocalStatement' || (node.type === 'AssignmentStatement' && node.variables[0]?.type === 'Identifier')) && node.variables.length === 1 && node.init.length === 1 ? node.init[0] : undefined;
  return value?.type === 'CallExpression' ? value : undefined;
}

/** The statements that do what the call does, in a block of their own. */
function inPlace(node: Statement, call: CallExpression, { parameters, body }: FunctionExpression): Statement[] | undefined {
  const bound = bind(parameters, call.arguments);
  const within = (statements: Statement[] | undefined): Statement | undefined => statements && { type: 'DoStatement', body: [...bound, ...statements] };
  if (node.type === 'ReturnStatement') {
    const inner = within(alwaysReturns(body) ? body : [...body, { type: 'ReturnStatement', arguments: [] }]);
    return inner && [inner];
  }
  if (node.type === 'CallStatement') {
    const inner = within(settle(body, (end) => (end?.arguments[0] && !isPure(end.arguments[0]) ? [effect(end.arguments[0])] : [])));
    return inner && [inner];
  }
  const target = node.type === 'LocalStatement' || node.type === 'AssignmentStatement' ? node.variables[0] : undefined;
  if (target?.type !== 'Identifier') return undefined;
  const inner = within(settle(body, (end) => [assign({ ...target }, end?.arguments[0] ?? { type: 'NilLiteral' })]));
  return inner && [...(node.type === 'LocalStatement' && target.variable ? [local(target.variable)] : []), inner];
}

function effect(value: Expression): Statement {
  return value.type === 'CallExpression' ? { type: 'CallStatement', expression: value } : local({ name: '_' }, value);
}

/** Arguments are evaluated in order before anything else; those that no parameter takes as well. */
function bind(parameters: FunctionExpression['parameters'], values: readonly Expression[]): Statement[] {
  const bound = parameters.flatMap((parameter, index): Statement[] => (parameter.type === 'Identifier' && parameter.variable ? [local(parameter.variable, values[index])] : []));
  return [...bound, ...values.slice(parameters.length).filter((value) => !isPure(value)).map(effect)];
}

/** Drops the definitions of inlined functions; declarations of variables that are shared from now on become assignments. */
function withoutDefinitions(body: Statement[], gone: ReadonlySet<Variable>, moved: ReadonlySet<Variable>): Statement[] {
  const isGone = (id: Expression | null | undefined) => id?.type === 'Identifier' && id.variable !== undefined && gone.has(id.variable);
  const isMoved = (variable: Variable | undefined) => variable !== undefined && moved.has(variable);
  return rewrite(body, {
    statement: (node) => {
      if (node.type === 'FunctionDeclaration') {
        if (isGone(node.identifier)) return [];
        return node.identifier && isMoved(node.identifier.variable) ? assign(node.identifier, { ...node, identifier: null, isLocal: false }) : node;
      }
      if (node.type === 'AssignmentStatement') return isGone(node.variables[0]) ? [] : node;
      if (node.type !== 'LocalStatement') return node;
      if (node.variables.length === 1 && isGone(node.variables[0]) && node.init[0]?.type === 'FunctionDeclaration') return [];
      if (!node.variables.some(({ variable }) => isMoved(variable))) return node;
      const staying = node.variables.filter(({ variable }) => !isMoved(variable));
      if (node.init.length === 0) return staying.length > 0 ? { ...node, variables: staying } : [];
      const set: Statement = { ...node, type: 'AssignmentStatement' };
      return staying.length > 0 ? [{ type: 'LocalStatement', variables: staying, init: [] }, set] : set;
    },
  });
}
