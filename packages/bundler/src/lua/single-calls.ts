import type { CallExpression, Expression, FunctionExpression, Statement, Variable } from './tree.ts';
import { countReferences } from './references.ts';
import { eachChild, walk } from './walk.ts';

/** A function and the only place that mentions it. */
export interface SingleCall {
  variable: Variable;
  value: FunctionExpression;
  /** Variables of its module that the place of the call may not see. */
  captured: Variable[];
}

/** By call: functions of the program's own blocks that are called once, from outside themselves. No two touch each other. */
export function findSingleCalls(body: Statement[], shared: ReadonlySet<Variable>, skip: ReadonlySet<Variable>): Map<Expression, SingleCall> {
  const references = countReferences(body);
  const definitions = new Map<Variable, FunctionExpression>();
  const declared = new Set<Variable>();
  collect(body, definitions, declared);

  const mentions = new Map<Variable, number>();
  walk(body, (node) => {
    if (node.type === 'Identifier' && node.variable) mentions.set(node.variable, (mentions.get(node.variable) ?? 0) + 1);
  });
  const found = new Map<Expression, SingleCall>();
  const sources = new Set<FunctionExpression>();
  const targets = new Set<FunctionExpression>();
  eachCall(body, (call, owner) => {
    const variable = call.base.type === 'Identifier' ? call.base.variable : undefined;
    const value = variable && definitions.get(variable);
    if (!variable || skip.has(variable) || !value || references.functionOf(variable) !== value) return;
    const own = references.writes(variable);
    if (!value.givesOne || call.inParens || mentions.get(variable) !== 1 + own || owner === value || !takesAll(value, call)) return;
    if (sources.has(value) || targets.has(value) || (owner && sources.has(owner))) return;
    sources.add(value);
    if (owner) targets.add(owner);
    const captured = capturedBy(value).filter((each) => declared.has(each) && !shared.has(each));
    found.set(call, { variable, value, captured });
  });
  return found;
}

function collect(body: Statement[], definitions: Map<Variable, FunctionExpression>, declared: Set<Variable>): void {
  const define = (variable: Variable | undefined, value: Expression | undefined) => {
    if (variable && value?.type === 'FunctionDeclaration') definitions.set(variable, value);
  };
  for (const node of body) {
    if (node.type === 'DoStatement') collect(node.body, definitions, declared);
    if (node.type === 'FunctionDeclaration' && node.identifier?.variable) {
      declared.add(node.identifier.variable);
      define(node.identifier.variable, node);
    }
    if (node.type === 'LocalStatement') {
      node.variables.forEach(({ variable }) => variable && declared.add(variable));
      if (node.variables.length === 1) define(node.variables[0]?.variable, node.init[0]);
    }
    const [target] = node.type === 'AssignmentStatement' && node.variables.length === 1 ? node.variables : [];
    if (node.type === 'AssignmentStatement' && target?.type === 'Identifier') define(target.variable, node.init[0]);
  }
}

/** Every call with the function of the program's blocks that it stands in, if any. */
function eachCall(body: Statement[], visit: (call: CallExpression, owner: FunctionExpression | undefined) => void): void {
  const go = (node: Expression | Statement, owner: FunctionExpression | undefined): void => {
    const inner = node.type === 'FunctionDeclaration' ? owner ?? node : owner;
    if (node.type === 'CallExpression') visit(node, owner);
    eachChild(node, (child) => go(child, inner), (block) => block.forEach((statement) => go(statement, inner)));
  };
  body.forEach((node) => go(node, undefined));
}

/** A call as last argument could give several values, or none. */
function takesAll({ parameters }: FunctionExpression, { arguments: values }: CallExpression): boolean {
  if (parameters.some(({ type }) => type === 'VarargLiteral')) return false;
  const last = values[values.length - 1];
  const spreads = (last?.type === 'CallExpression' || last?.type === 'VarargLiteral') && !last.inParens;
  return !spreads || values.length >= parameters.length;
}

function capturedBy(value: FunctionExpression): Variable[] {
  const mentioned = new Set<Variable>();
  walk(value, (node) => {
    if (node.type === 'Identifier' && node.variable) mentioned.add(node.variable);
  });
  return [...mentioned];
}
