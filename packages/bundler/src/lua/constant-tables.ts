import type { Expression, Statement, TableConstructor, Variable } from './tree.ts';
import { rewrite, walk } from './walk.ts';

/** Longest string worth repeating at each use instead of keeping its table. */
const SHORT_STRING = 6;

/**
 * `local T = { a = 0, b = 1 }` whose every use reads one of its fields by name: the uses become the literals, and nobody
 * reads the table any more. Variables of `topLevel` (shared between modules) get theirs by one assignment outside any function.
 */
export function inlineConstantTables(body: Statement[], topLevel: ReadonlySet<Variable>): Statement[] {
  const tables = new Map<Variable, Map<string, Expression>>();
  const definitions = new Set<Expression>();
  const define = (variable: Variable | undefined, value: Expression | undefined) => {
    const fields = variable && value?.type === 'TableConstructorExpression' ? literalFields(value) : undefined;
    if (variable && fields) tables.set(variable, fields);
    return fields !== undefined;
  };
  walk(body, (node) => {
    if (node.type === 'LocalStatement' && node.variables.length === 1 && !topLevel.has(node.variables[0]?.variable as Variable)) define(node.variables[0]?.variable, node.init[0]);
  });
  for (const node of loadedOnce(body)) {
    const [target] = node.type === 'AssignmentStatement' && node.variables.length === 1 ? node.variables : [];
    if (node.type !== 'AssignmentStatement' || target?.type !== 'Identifier' || !target.variable || !topLevel.has(target.variable)) continue;
    if (define(target.variable, node.init[0])) definitions.add(target);
  }
  if (tables.size === 0) return body;
  const fieldOf = (node: Expression): Expression | undefined =>
    (node.type === 'MemberExpression' && node.indexer === '.' && node.base.type === 'Identifier' && node.base.variable ? tables.get(node.base.variable)?.get(node.identifier.name) : undefined);
  const reads = new Set<Expression>();
  const targets = new Set<Expression>();
  walk(body, (node) => {
    if (node.type === 'AssignmentStatement') for (const target of node.variables) targets.add(target);
    if (node.type === 'MemberExpression' && !targets.has(node) && fieldOf(node)) reads.add(node.base);
    if (node.type === 'Identifier' && node.variable && !reads.has(node) && !definitions.has(node)) tables.delete(node.variable);
  });
  return rewrite(body, {
    expression: (node) => {
      const value = fieldOf(node);
      return value ? { ...structuredClone(value), ...(node.at && { at: node.at }) } : node;
    },
  });
}

/** Statements that run exactly once, when the bundle loads. */
function* loadedOnce(body: Statement[]): Generator<Statement> {
  for (const node of body) {
    if (node.type === 'DoStatement') yield* loadedOnce(node.body);
    else yield node;
  }
}

/** The fields by name, when all are short literals and none stands twice. */
function literalFields({ fields }: TableConstructor): Map<string, Expression> | undefined {
  const found = new Map<string, Expression>();
  for (const field of fields) {
    if (field.type !== 'TableKeyString' || !isShort(field.value) || found.has(field.key.name)) return undefined;
    found.set(field.key.name, field.value);
  }
  return found;
}

function isShort(node: Expression): boolean {
  return node.type === 'NumericLiteral' || node.type === 'BooleanLiteral' || (node.type === 'StringLiteral' && node.value.length <= SHORT_STRING)
    || (node.type === 'UnaryExpression' && node.operator === '-' && node.argument.type === 'NumericLiteral');
}
