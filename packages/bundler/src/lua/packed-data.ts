import type { CallExpression, Expression, Statement, Variable } from './tree.ts';
import { call, ref } from './build.ts';
import type { Piece, Prelude } from './prelude.ts';
import { rewrite, walk } from './walk.ts';

const UNPACKERS: Readonly<Record<string, Piece>> = { __numbers: 'numbers', __texts: 'texts', __records: 'records' };

/**
 * Gives packed tables what unpacks them: at first use, where the program only looks up their entries and length, else when
 * the bundle loads. (Functions of the host may not see a table that is filled later.)
 */
export function unpackData(body: Statement[], prelude: Prelude): Statement[] {
  const lazy = lazyVariables(body);
  return rewrite(body, {
    expression: (node) => {
      const piece = isUnpacking(node) ? UNPACKERS[node.base.name] : undefined;
      return piece && isUnpacking(node) ? { ...node, base: ref(prelude.use(piece)) } : node;
    },
    statement: (node) => {
      const [target] = node.type === 'AssignmentStatement' && node.variables.length === 1 ? node.variables : [];
      const value = node.type === 'AssignmentStatement' ? node.init[0] : undefined;
      if (node.type !== 'AssignmentStatement' || target?.type !== 'Identifier' || !target.variable || !lazy.has(target.variable) || value?.type !== 'CallExpression') return node;
      const list: Variable = { name: 'list' };
      const fill: Expression = {
        type: 'FunctionDeclaration', identifier: null, isLocal: false, parameters: [ref(list)],
        body: [{ type: 'ReturnStatement', arguments: [{ ...value, arguments: [ref(list), ...value.arguments.slice(1)] }] }],
      };
      return { ...node, init: [call(ref(prelude.use('lazy')), fill)] };
    },
  });
}

function isUnpacking(node: Expression): node is CallExpression & { base: { type: 'Identifier'; name: string } } {
  return node.type === 'CallExpression' && node.base.type === 'Identifier' && !node.base.variable && Object.hasOwn(UNPACKERS, node.base.name);
}

/** Variables set once to a packed table, of which everybody reads `t[i]` or `#t` alone. */
function lazyVariables(body: Statement[]): Set<Variable> {
  const found = new Set<Variable>();
  const many = new Set<Variable>();
  const reads = new Set<Expression>();
  const targets = new Set<Expression>();
  walk(body, (node) => {
    if (node.type === 'AssignmentStatement') {
      node.variables.forEach((each) => targets.add(each));
      const [target] = node.variables.length === 1 ? node.variables : [];
      if (target?.type === 'Identifier' && target.variable && node.init[0] && isUnpacking(node.init[0]) && !found.has(target.variable)) {
        found.add(target.variable);
        reads.add(target);
      }
    }
    if (node.type === 'IndexExpression' && !targets.has(node)) reads.add(node.base);
    if (node.type === 'UnaryExpression' && node.operator === '#') reads.add(node.argument);
    if (node.type === 'Identifier' && node.variable && !reads.has(node)) many.add(node.variable);
  });
  return new Set([...found].filter((variable) => !many.has(variable)));
}
