import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { numberRange } from '../number-range.ts';
import { outside, staticCall } from '../syntax.ts';
import { isNumber, typeOf } from '../value-type.ts';

const ROUNDS = new Set(['Math.floor', 'Math.ceil', 'Math.trunc', 'Math.round']);
const COMPARES = new Set([ts.SyntaxKind.LessThanToken, ts.SyntaxKind.GreaterThanToken, ts.SyntaxKind.LessThanEqualsToken, ts.SyntaxKind.GreaterThanEqualsToken]);

/** A quotient is a float in Lua even when it is whole, and prints as `5.0`. Rounded or compared at once it does no harm. */
export const division: LintRule = {
  name: 'division', summary: '/ whose result is kept', level: 'warning', kinds: [ts.SyntaxKind.SlashToken, ts.SyntaxKind.SlashEqualsToken],
  check(token, { checker, report }) {
    const node = token.parent;
    if (!ts.isBinaryExpression(node) || !isNumber(typeOf(node.left, checker))) return;
    const { parent } = outside(node);
    if (ts.isCallExpression(parent) && ROUNDS.has(staticCall(parent, checker) ?? '')) return;
    if (ts.isBinaryExpression(parent) && COMPARES.has(parent.operatorToken.kind) && nonZero(node.right, checker)) return;
    report(node, { message: 'the quotient is a float in Lua: 10 / 2 prints as 5.0 there, and a divisor of 0 is an error', hint: 'idiv(a, b) of @beamline/ecs, or Math.floor(a / b), gives an integer everywhere.' });
  },
};

function nonZero(node: ts.Expression, checker: ts.TypeChecker): boolean {
  const { min, max } = numberRange(node, checker);
  return min > 0 || max < 0;
}
