import type { CallExpression, Expression, FunctionExpression, Statement, Variable } from './tree.ts';
import { assign, local, ref } from './build.ts';
import { copyNode } from './copy-tree.ts';
import { findSingleCalls } from './single-calls.ts';
import { isPure } from './purity.ts';
import { createSteps, type References, type Steps } from './references.ts';
import { replaceFirst } from './replace-first.ts';
import { alwaysReturns, settle } from './settle.ts';
import { unitPass, type Questions } from './units.ts';
import { rewrite, rewriteUnit } from './walk.ts';

/** Chains of functions that call each other are followed this far. */
const MAX_ROUNDS = 12;

/**
 * Puts a function that has one caller in its place. Variables of a module that thereby are used in another become shared:
 * they are added to `shared`.
 */
export function inlineCalls(body: readonly Statement[], shared: Set<Variable>, steps: Steps = createSteps()): Statement[] {
  let current = [...body];
  const refused = new Set<Variable>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const references = steps(`inline ${round}`);
    const calls = findSingleCalls(current, shared, refused, references.follow(current));
    if (calls.size === 0) break;
    const { writes, functionOf } = references;
    const next = putInPlace(current, { value: (variable) => calls.get(variable)?.value, writes, functionOf }, new Set([...calls.values()].map(({ place }) => place)));
    const after = steps(`inlined ${round}`).follow(next);
    const done = new Set<Variable>();
    const moved = new Set<Variable>();
    for (const [variable, { captured }] of calls) {
      if (after.mentions(variable) === references.mentions(variable)) refused.add(variable);
      else {
        done.add(variable);
        captured.forEach((each) => moved.add(each));
      }
    }
    moved.forEach((variable) => shared.add(variable));
    const isDone = (variable: Variable) => done.has(variable);
    const isMoved = (variable: Variable) => moved.has(variable);
    // What moves is declared where the function was.
    const touched = new Set([...calls.values()].map(({ home }) => home));
    const before = new Set(current);
    current = withoutDefinitions(next, { isGone: isDone, isMoved }, new Set(next.filter((unit) => touched.has(unit) || !before.has(unit))));
  }
  return current;
}

type Values = References & { value: (variable: Variable) => FunctionExpression | undefined } & Questions;

const putInPlace = unitPass<Values>((unit, ask) => {
  const done = new Set<Variable>();
  return rewrite(unit, { block: (statements) => statements.flatMap((node) => inlineIn(node, ask, done)) });
});

function inlineIn(node: Statement, ask: Values, done: Set<Variable>): Statement[] {
  const valueOf = (call: Expression | undefined): FunctionExpression | undefined => {
    const variable = nameOf(call);
    const value = variable && !done.has(variable) ? ask.value(variable) : undefined;
    return value && copyNode(value);
  };
  const whole = wholeCall(node);
  const known = valueOf(whole);
  if (whole && known) {
    const inlined = inPlace(node, whole, known);
    if (inlined) done.add(nameOf(whole) as Variable);
    return inlined ?? [node];
  }
  let taken: { call: CallExpression; value: FunctionExpression } | undefined;
  const result: Variable = { name: 'result' };
  const fits = ({ body }: FunctionExpression) => settle(body, (end) => [assign(ref(result), end?.arguments[0] ?? { type: 'NilLiteral' })]) !== undefined;
  replaceFirst(node, (item) => {
    const value = item.type === 'CallExpression' ? valueOf(item) : undefined;
    if (item.type !== 'CallExpression' || !value || !fits(value)) return undefined;
    taken = { call: item, value };
    return ref(result);
  }, ask);
  if (!taken) return [node];
  done.add(nameOf(taken.call) as Variable);
  return [...(inPlace(local(result, taken.call), taken.call, taken.value) ?? []), node];
}

/** The variable that a call calls. */
function nameOf(call: Expression | undefined): Variable | undefined {
  return call?.type === 'CallExpression' && call.base.type === 'Identifier' ? call.base.variable : undefined;
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
const withoutDefinitions = unitPass<{ isGone: (variable: Variable) => boolean; isMoved: (variable: Variable) => boolean }>((unit, ask) => {
  const isGone = (id: Expression | null | undefined) => id?.type === 'Identifier' && id.variable !== undefined && ask.isGone(id.variable);
  const isMoved = (variable: Variable | undefined) => variable !== undefined && ask.isMoved(variable);
  return rewriteUnit(unit, {
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
});
