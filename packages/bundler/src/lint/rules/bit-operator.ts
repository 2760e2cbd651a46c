import ts from 'typescript';
import { callEcs, type Fix } from '../fix.ts';
import { numberRange, type NumberRange } from '../number-range.ts';
import type { LintLevel, LintRule, RuleContext } from '../rule.ts';
import { bare, outside } from '../syntax.ts';
import { isNumber, typeOf } from '../value-type.ts';

const K = ts.SyntaxKind;
const CALLS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [K.AmpersandToken, 'u32And'], [K.BarToken, 'u32Or'], [K.CaretToken, 'u32Xor'], [K.LessThanLessThanToken, 'u32Shl'],
  [K.GreaterThanGreaterThanToken, 'u32Shr'], [K.GreaterThanGreaterThanGreaterThanToken, 'u32Shr'],
]);
const ASSIGNMENTS = [
  K.AmpersandEqualsToken, K.BarEqualsToken, K.CaretEqualsToken, K.LessThanLessThanEqualsToken,
  K.GreaterThanGreaterThanEqualsToken, K.GreaterThanGreaterThanGreaterThanEqualsToken,
];
const HINT = 'u32And, u32Or, u32Xor, u32Shl, u32Shr of @beamline/ecs stay within 32 bits everywhere.';

/** Lua's integers have 64 bits, luerl's any number; JavaScript's operators have 32 with a sign. */
export const bitOperator: LintRule = {
  name: 'bit-operator', summary: '>> >>> << | & ^ ~ on what is not shown to fit', level: 'warning',
  kinds: [...CALLS.keys(), ...ASSIGNMENTS, K.PrefixUnaryExpression],
  check(node, context) {
    const { checker, file, report } = context;
    if (ts.isPrefixUnaryExpression(node)) {
      if (node.operator !== K.TildeToken || !isNumber(typeOf(node.operand, checker)) || isTilde(node.parent)) return;
      return report(node, {
        message: '~ turns 64 bits in Lua and 32 with a sign in JavaScript', hint: 'u32Xor(x, 0xffffffff) of @beamline/ecs; to drop a fraction, Math.trunc.',
        ...(!isTilde(bare(node.operand)) && { fix: callEcs(node, file, 'u32Xor', [node.operand.getText(file), '0xffffffff']) }),
      });
    }
    const { parent } = node;
    if (!ts.isBinaryExpression(parent) || parent.operatorToken !== node || !isNumber(typeOf(parent.left, checker)) || !isNumber(typeOf(parent.right, checker))) return;
    const outer = outside(parent).parent;
    if (ts.isBinaryExpression(outer) && outer.operatorToken.kind === node.kind) return; // said once for the chain
    const complaint = judge(node.kind, parent, context);
    if (complaint) report(parent, { hint: HINT, fix: fixOf(node.kind, parent, context), ...complaint });
  },
};

/** Undefined when every integer gives the same on every engine. */
function judge(kind: ts.SyntaxKind, node: ts.BinaryExpression, { checker }: RuleContext): { message: string; hint?: string; level?: LintLevel; fix?: undefined } | undefined {
  const a = numberRange(node.left, checker);
  const b = numberRange(node.right, checker);
  const text = node.operatorToken.getText();
  if (a.integer === false || b.integer === false || text === '|' && b.max === 0 && b.min === 0) {
    return { message: `${text} of a fraction is an error in Lua`, hint: 'Math.trunc or Math.floor drops the fraction everywhere.', fix: undefined };
  }
  switch (kind) {
    case K.AmpersandToken:
      return fits(a, 2 ** 31) && fits(b, 2 ** 31) || isMask(a) || isMask(b) ? undefined : { message: '& of numbers that are not shown to be below 2^31 has a sign in JavaScript only' };
    case K.BarToken: case K.CaretToken:
      return fits(a, 2 ** 31) && fits(b, 2 ** 31) ? undefined : { message: `${text} of numbers that are not shown to be below 2^31 has a sign in JavaScript and 64 bits in Lua` };
    case K.LessThanLessThanToken: {
      const result = a.max * 2 ** Math.max(0, b.max);
      return a.min >= 0 && b.min >= 0 && result < 2 ** 31 ? undefined : { message: '<< wraps at 32 bits in JavaScript, at 64 in Lua and never in luerl' };
    }
    case K.GreaterThanGreaterThanGreaterThanToken:
      if (fits(a, 2 ** 32)) return undefined;
      return a.known && a.min >= 0 && a.max >= Number.MAX_SAFE_INTEGER || !a.known
        ? { message: '>>> of a number that is not shown to be within 0 … 2^32 - 1 differs in Lua', level: 'advice' }
        : { message: '>>> of a number that may be negative differs in Lua, which has 64 bits' };
    case K.GreaterThanGreaterThanToken: return { message: '>> keeps the sign in JavaScript; Lua has no such operator' };
    default: return { message: `${text} works on 32 bits in JavaScript and on 64 in Lua` };
  }
}

const fits = ({ min, max }: NumberRange, end: number) => min >= 0 && max < end;
const isMask = (range: NumberRange) => fits(range, 2 ** 31) && range.min === range.max;
const isTilde = (node: ts.Node) => ts.isPrefixUnaryExpression(node) && node.operator === K.TildeToken;

/** A chain of one operator becomes calls in calls. */
function fixOf(kind: ts.SyntaxKind, node: ts.BinaryExpression, { checker, file }: RuleContext): Fix | undefined {
  const name = CALLS.get(kind);
  // A sign that was meant would be lost.
  if (name === undefined || (kind === K.GreaterThanGreaterThanToken && numberRange(node.left, checker).min < 0)) return undefined;
  const nested = (side: ts.Expression): string => {
    const value = bare(side);
    return ts.isBinaryExpression(value) && value.operatorToken.kind === kind ? `${name}(${nested(value.left)}, ${nested(value.right)})` : side.getText(file);
  };
  return callEcs(node, file, name, [nested(node.left), nested(node.right)]);
}
