import type { CallExpression, Expression, FunctionExpression, Statement, Variable } from './tree.ts';
import { eliminateDead } from './eliminate.ts';
import { isName } from './name.ts';
import { isCalm } from './purity.ts';
import { programReferences, type ProgramReferences } from './references.ts';
import { remembered, unitPass } from './units.ts';
import { rewriteUnit, walk } from './walk.ts';

/** Bytes of `f=function(a)return…end`, its name in a list included, without parameters. */
const DEFINITION = 24;

const callsOf = remembered((unit): readonly CallExpression[] => {
  const calls: CallExpression[] = [];
  walk(unit, (node) => {
    if (node.type === 'CallExpression' && node.base.type === 'Identifier' && node.base.variable) calls.push(node);
  });
  return calls;
});

/** Puts `x.a - x.b` in place of `f(x)`, for functions that only read, where all of it is shorter than function and calls. */
export function inlineSmall(body: readonly Statement[], references: ProgramReferences = programReferences(body)): Statement[] {
  const calls = new Map<Variable, CallExpression[]>();
  for (const unit of body) for (const call of callsOf(unit)) {
    const variable = calledBy(call);
    if (!variable || !valueOf(references.functionOf(variable))) continue;
    const known = calls.get(variable);
    if (known) known.push(call);
    else calls.set(variable, [call]);
  }
  const chosen = new Map<Variable, FunctionExpression>();
  for (const [variable, sites] of calls) {
    const definition = references.functionOf(variable);
    if (!definition || references.mentions(variable) !== sites.length + references.writes(variable)) continue;
    const cost = sites.reduce((sum, site) => {
      const value = substituted(definition, site);
      return sum + (value ? size(value) + 2 - size(site) : Infinity);
    }, 0);
    if (cost < DEFINITION + size(valueOf(definition)) + definition.parameters.length * 2) chosen.set(variable, definition);
  }
  return chosen.size === 0 ? [...body] : eliminateDead(substitute(body, { definition: (variable) => chosen.get(variable) }));
}

const substitute = unitPass<{ definition: (variable: Variable) => FunctionExpression | undefined }>((unit, ask) => rewriteUnit(unit, {
  expression: (node) => {
    const variable = node.type === 'CallExpression' ? calledBy(node) : undefined;
    const definition = variable && ask.definition(variable);
    return (definition && node.type === 'CallExpression' && substituted(definition, node)) || node;
  },
}));

function calledBy({ base }: CallExpression): Variable | undefined {
  return base.type === 'Identifier' ? base.variable : undefined;
}

/** What a function of one `return` gives, if it only reads. */
function valueOf(definition: FunctionExpression | undefined): Expression | undefined {
  const [only, ...more] = definition?.body ?? [];
  if (!definition?.givesOne || only?.type !== 'ReturnStatement' || more.length > 0 || only.arguments.length !== 1) return undefined;
  const [value] = only.arguments;
  return value && (isCalm(value) || isNew(value)) && ofParameters(value, definition.parameters) ? value : undefined;
}

/** `{}`: another one each time, as from the function. */
function isNew(node: Expression): boolean {
  return node.type === 'TableConstructorExpression' && node.fields.length === 0;
}

/** Whether it can be said anywhere: of parameters alone. */
function ofParameters(value: Expression, parameters: FunctionExpression['parameters']): boolean {
  const own = new Set(parameters.map((parameter) => (parameter.type === 'Identifier' ? parameter.variable : undefined)));
  let alone = !own.has(undefined);
  walk(value, (node) => {
    if (node.type === 'Identifier' && !own.has(node.variable)) alone = false;
  });
  return alone;
}

function substituted(definition: FunctionExpression, { arguments: values }: CallExpression): Expression | undefined {
  const value = valueOf(definition);
  if (!value || values.length !== definition.parameters.length || !values.every((given) => isCalm(given))) return undefined;
  const given = new Map(definition.parameters.flatMap((parameter, index) => (parameter.type === 'Identifier' && parameter.variable ? [[parameter.variable, values[index]] as const] : [])));
  const uses = new Map<Variable, number>();
  walk(value, (node) => {
    if (node.type === 'Identifier' && node.variable && given.has(node.variable)) uses.set(node.variable, (uses.get(node.variable) ?? 0) + 1);
  });
  // What is looked up twice would be looked up twice as often.
  if ([...given].some(([variable, argument]) => (uses.get(variable) ?? 0) > 1 && argument?.type !== 'Identifier')) return undefined;
  return filled(value, given);
}

/** A copy with arguments for parameters: no node may stand twice in a tree. */
function filled(node: Expression, given: ReadonlyMap<Variable, Expression | undefined>): Expression {
  const fill = (inner: Expression) => filled(inner, given);
  switch (node.type) {
    case 'Identifier': {
      const argument = node.variable && given.get(node.variable);
      return argument ? filled(argument, new Map()) : { ...node };
    }
    case 'MemberExpression': return { ...node, base: fill(node.base) };
    case 'IndexExpression': return named({ ...node, base: fill(node.base), index: fill(node.index) });
    case 'BinaryExpression': case 'LogicalExpression': return { ...node, left: fill(node.left), right: fill(node.right) };
    case 'UnaryExpression': return { ...node, argument: fill(node.argument) };
    case 'TableConstructorExpression': return { ...node, fields: [] };
    default: return { ...node };
  }
}

/** `t["name"]` → `t.name`. */
function named(node: Extract<Expression, { type: 'IndexExpression' }>): Expression {
  const { index, ...rest } = node;
  return index.type === 'StringLiteral' && isName(index.value)
    ? { ...rest, type: 'MemberExpression', indexer: '.', identifier: { name: index.value } } : node;
}

/** Bytes when printed with short names, about. */
function size(node: Expression | undefined): number {
  switch (node?.type) {
    case undefined: return 0;
    case 'StringLiteral': return node.value.length + 2;
    case 'NumericLiteral': return node.raw.length;
    case 'MemberExpression': return size(node.base) + node.identifier.name.length + 1;
    case 'IndexExpression': return size(node.base) + size(node.index) + 2;
    case 'BinaryExpression': case 'LogicalExpression': return size(node.left) + size(node.right) + node.operator.length + 1;
    case 'UnaryExpression': return size(node.argument) + node.operator.length;
    case 'CallExpression': return size(node.base) + 1 + node.arguments.reduce((sum, each) => sum + size(each) + 1, 0);
    case 'Identifier': return node.variable ? 1 : node.name.length;
    default: return 2;
  }
}
