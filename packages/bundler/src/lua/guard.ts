import type { BinaryExpression, CallExpression, Expression, Statement } from './tree.ts';
import { binary, call, number, ref } from './build.ts';
import { GUARDED_NAMES, pieceVariable } from './prelude.ts';
import { remembered } from './units.ts';
import { rewrite, walk } from './walk.ts';

const DIVISIONS = new Set(['/', '%', '//']);
const LIBRARIES = new Set(['math', 'string', '_G', '_ENV']);
const SHIFTS = new Set(['<<', '>>']);

/**
 * Makes what luerl's `pcall` can't contain an ordinary error: division by what may be zero, powers, shifts (integers are
 * bignums there: `1 << n` fills the memory) and the library functions that crash outside their domain.
 */
export function guardArithmetic(body: Statement[]): Statement[] {
  return rewrite(body, {
    expression: (node) => {
      if (node.type === 'CallExpression') return withoutNil(node);
      if (node.type !== 'BinaryExpression') return node;
      if (DIVISIONS.has(node.operator) && !isNonZero(node.right)) return { ...node, right: safeDivisor(node.right) };
      if (SHIFTS.has(node.operator) && node.right.type !== 'NumericLiteral') return { ...node, right: call(ref(pieceVariable('shift')), node.right) };
      return isPower(node) ? { ...call(ref(pieceVariable('power')), node.left, node.right), ...(node.at && { at: node.at }) } : node;
    },
  });
}

function isPower(node: Expression): node is BinaryExpression {
  return node.type === 'BinaryExpression' && node.operator === '^' && !(isNonZero(node.left) && node.right.type === 'NumericLiteral');
}

/** What a missing third argument, the text being the first, means to a function of `string`. */
const MISSING_THIRD: Readonly<Record<string, number>> = { sub: -1, find: 1, match: 1 };

/** luerl takes nil for no argument at all: `string.sub(s, 2, nil)`, and TypeScriptToLua's `find(s, p, nil, true)`, raise there. */
function withoutNil(node: CallExpression): Expression {
  const { base } = node;
  if (base.type !== 'MemberExpression') return node;
  const isMethod = base.indexer === ':';
  const isLibrary = base.base.type === 'Identifier' && !base.base.variable && base.base.name === 'string';
  const value = isMethod || isLibrary ? MISSING_THIRD[base.identifier.name] : undefined;
  const at = isMethod ? 1 : 2;
  const argument = node.arguments[at];
  if (value === undefined || argument === undefined) return node;
  const stands: Expression = value < 0 ? { type: 'UnaryExpression', operator: '-', argument: number(-value) } : number(value);
  if (argument.type === 'NilLiteral') return { ...node, arguments: node.arguments.toSpliced(at, 1, stands) };
  // What else can be nil: a call is left alone, for it may give several values, in the last place.
  if (argument.type !== 'Identifier' && argument.type !== 'MemberExpression' && argument.type !== 'IndexExpression') return node;
  return { ...node, arguments: node.arguments.toSpliced(at, 1, binary('or', argument, stands)) };
}

/**
 * Library functions that a unit may call outside their domain, before it is guarded: `math.sqrt` by name, `text:rep(…)` by
 * method; whoever takes a whole library as a value may call anything in it.
 */
export const librariesIn = remembered((unit): readonly string[] => {
  const found = new Set<string>();
  const named = new Set<Expression>();
  walk(unit, (node) => {
    if (node.type === 'MemberExpression') {
      if (node.base.type === 'Identifier' && !node.base.variable) named.add(node.base);
      if (GUARDED_NAMES.has(node.identifier.name) && (named.has(node.base) || node.indexer === ':')) found.add(node.identifier.name);
    }
    if (node.type === 'BinaryExpression' && isPower(node)) found.add('log');
    if (node.type === 'Identifier' && !node.variable && LIBRARIES.has(node.name) && !named.has(node)) GUARDED_NAMES.forEach((name) => found.add(name));
  });
  return [...found];
});

function isNonZero(node: Expression): boolean {
  return node.type === 'NumericLiteral' ? node.value !== 0 : node.type === 'UnaryExpression' && node.operator === '-' && isNonZero(node.argument);
}

/** A plain variable is tested in place: no call in the common case. */
function safeDivisor(node: Expression): Expression {
  if (node.type !== 'Identifier') return call(ref(pieceVariable('divisor')), node);
  return binary('or', binary('and', binary('~=', { ...node }, number(0)), { ...node }), call(ref(pieceVariable('byZero'))));
}
