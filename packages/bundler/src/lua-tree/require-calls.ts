import type { CallExpression, Expression, Origin, Statement, StringLiteral, Variable } from '../lua/tree.ts';
import { rewrite, walk } from '../lua/walk.ts';

/** One `require` of a module; `specifier` is undefined when only running it would tell. */
export interface RequireCall {
  call: CallExpression;
  specifier: string | undefined;
  /** In `pcall(require, "name")`: may be missing. */
  optional: boolean;
}

export interface RequireCalls {
  body: Statement[];
  calls: RequireCall[];
  /** Where `require` is handed on or replaced, so that modules may be loaded unseen. */
  escapes: (Origin | undefined)[];
}

/**
 * Finds what a module requires. `local require = require` is seen through, and `pcall(require, "name")` becomes
 * `pcall(function() return require("name") end)`.
 */
export function findRequires(body: Statement[]): RequireCalls {
  const aliases = aliasesOf(body);
  const isRequire = (node: Expression | undefined): boolean =>
    (node?.type === 'Identifier' && (node.variable ? aliases.has(node.variable) : node.name === 'require')) || isField(node, '_G', 'require');
  const optional = new Set<CallExpression>();
  const plain = rewrite(body, {
    expression: (node) => {
      if (node.type !== 'CallExpression') return node;
      const [asked, name] = node.arguments;
      if (node.base.type !== 'Identifier' || node.base.variable || node.base.name !== 'pcall' || !isRequire(asked) || name?.type !== 'StringLiteral') return node;
      const call: CallExpression = { type: 'CallExpression', base: { type: 'Identifier', name: 'require' }, arguments: [name], ...(node.at && { at: node.at }) };
      optional.add(call);
      const attempt: Expression = { type: 'FunctionDeclaration', identifier: null, isLocal: false, parameters: [], body: [{ type: 'ReturnStatement', arguments: [call] }] };
      return { ...node, arguments: [attempt] };
    },
    statement: (node) => (node.type === 'LocalStatement' && node.variables.length === 1 && node.variables[0]?.variable && aliases.has(node.variables[0].variable) ? [] : node),
  });
  const calls: RequireCall[] = [];
  const called = new Set<Expression>();
  const escapes: RequireCalls['escapes'] = [];
  walk(plain, (node) => {
    if (node.type === 'CallExpression' && isRequire(node.base)) {
      called.add(node.base);
      node.base = { type: 'Identifier', name: 'require' };
      called.add(node.base);
      calls.push({ call: node, specifier: literal(node.arguments[0])?.value, optional: optional.has(node) });
    } else if (isRequire(node as Expression) && !called.has(node as Expression)) escapes.push(node.at);
    return undefined;
  });
  return { body: plain, calls, escapes };
}

/** Locals that are `require` under another name, or the same. */
function aliasesOf(body: Statement[]): Set<Variable> {
  const aliases = new Set<Variable>();
  walk(body, (node) => {
    if (node.type === 'LocalStatement' && node.variables.length === 1 && node.variables[0]?.variable) {
      const [value] = node.init;
      if (value?.type === 'Identifier' && !value.variable && value.name === 'require') aliases.add(node.variables[0].variable);
    }
  });
  walk(body, (node) => {
    if (node.type !== 'AssignmentStatement') return;
    for (const target of node.variables) if (target.type === 'Identifier' && target.variable) aliases.delete(target.variable);
  });
  return aliases;
}

function literal(node: Expression | undefined): StringLiteral | undefined {
  return node?.type === 'StringLiteral' ? node : undefined;
}

/** `base.name` of globals. */
export function isField(node: Expression | undefined, base: string, name: string): boolean {
  return node?.type === 'MemberExpression' && node.identifier.name === name && node.base.type === 'Identifier' && !node.base.variable && node.base.name === base;
}
