import type { CallExpression, Expression, Statement, Variable } from './tree.ts';
import { call, ref } from './build.ts';
import { pieceVariable, type Piece } from './prelude.ts';
import { remembered, unitPass } from './units.ts';
import { rewriteUnit, walk } from './walk.ts';

const UNPACKERS: Readonly<Record<string, Piece>> = { __numbers: 'numbers', __texts: 'texts', __records: 'records' };

/**
 * Gives packed tables what unpacks them: at first use, where the program only looks up their entries and length, else when
 * the bundle loads. (Functions of the host may not see a table that is filled later.)
 */
export function unpackData(body: readonly Statement[]): Statement[] {
  const lazy = lazyVariables(body);
  return unpack(body, { isLazy: (variable) => lazy.has(variable) });
}

const unpack = unitPass<{ isLazy: (variable: Variable) => boolean }>((unit, { isLazy }) => rewriteUnit(unit, {
  expression: (node) => {
    const piece = isUnpacking(node) ? UNPACKERS[node.base.name] : undefined;
    return piece && isUnpacking(node) ? { ...node, base: ref(pieceVariable(piece)) } : node;
  },
  statement: (node) => {
    const [target] = node.type === 'AssignmentStatement' && node.variables.length === 1 ? node.variables : [];
    const value = node.type === 'AssignmentStatement' ? node.init[0] : undefined;
    if (node.type !== 'AssignmentStatement' || value?.type !== 'CallExpression' || target?.type !== 'Identifier' || !target.variable || !isLazy(target.variable)) return node;
    const list: Variable = { name: 'list' };
    const fill: Expression = {
      type: 'FunctionDeclaration', identifier: null, isLocal: false, parameters: [ref(list)],
      body: [{ type: 'ReturnStatement', arguments: [{ ...value, arguments: [ref(list), ...value.arguments.slice(1)] }] }],
    };
    return { ...node, init: [call(ref(pieceVariable('lazy')), fill)] };
  },
}));

function isUnpacking(node: Expression): node is CallExpression & { base: { type: 'Identifier'; name: string } } {
  return node.type === 'CallExpression' && node.base.type === 'Identifier' && !node.base.variable && Object.hasOwn(UNPACKERS, node.base.name);
}

/** Variables set once to a packed table, of which everybody reads `t[i]` or `#t` alone. */
function lazyVariables(body: readonly Statement[]): Set<Variable> {
  const found = new Set<Variable>();
  const many = new Set<Variable>();
  for (const { packed } of body.map(readsOf)) for (const variable of packed) (found.has(variable) ? many : found).add(variable);
  if (found.size > 0) for (const { otherwise } of body.map(readsOf)) for (const variable of otherwise) many.add(variable);
  return new Set([...found].filter((variable) => !many.has(variable)));
}

/** Variables that a unit sets to packed tables, and those that it uses in another way than `t[i]` and `#t`. */
const readsOf = remembered((unit) => {
  const packed: Variable[] = [];
  const otherwise = new Set<Variable>();
  const plain = new Set<Expression>();
  const targets = new Set<Expression>();
  walk(unit, (node) => {
    if (node.type === 'AssignmentStatement') {
      node.variables.forEach((each) => targets.add(each));
      const [target] = node.variables.length === 1 ? node.variables : [];
      if (target?.type === 'Identifier' && target.variable && node.init[0] && isUnpacking(node.init[0])) {
        packed.push(target.variable);
        plain.add(target);
      }
    }
    if (node.type === 'IndexExpression' && !targets.has(node)) plain.add(node.base);
    if (node.type === 'UnaryExpression' && node.operator === '#') plain.add(node.argument);
    if (node.type === 'Identifier' && node.variable && !plain.has(node)) otherwise.add(node.variable);
  });
  return { packed, otherwise };
});
