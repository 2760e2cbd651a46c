import ts from 'typescript';
import { callEcs, replace } from '../fix.ts';
import type { LintRule } from '../rule.ts';
import { numberRange } from '../number-range.ts';
import { bare, isPath, outside } from '../syntax.ts';
import { isNumber, typeOf } from '../value-type.ts';

/** The remainder has the sign of the dividend in JavaScript, of the divisor in Lua. */
export const remainder: LintRule = {
  name: 'remainder', summary: '% of what may be negative', level: 'warning', kinds: [ts.SyntaxKind.PercentToken, ts.SyntaxKind.PercentEqualsToken],
  check(token, { checker, file, report }) {
    const node = token.parent;
    if (!ts.isBinaryExpression(node) || !isNumber(typeOf(node.left, checker))) return;
    const range = numberRange(node.left, checker);
    const divisor = numberRange(node.right, checker);
    if ((range.min >= 0 && divisor.min >= 0) || isWrapped(node, file)) return;
    if (isZeroTest(node)) return;
    const [a, b] = [node.left.getText(file), node.right.getText(file)];
    const isAssignment = token.kind === ts.SyntaxKind.PercentEqualsToken;
    const call = isAssignment && !isPath(node.left) ? undefined : callEcs(node, file, 'mod', [a, b]);
    const fix = call && isAssignment ? { ...replace(node, file, `${a} = mod(${a}, ${b})`), imports: ['mod'] } : call;
    report(node, {
      message: range.known ? '% of a number that may be negative: -1 % 3 is -1 in JavaScript and 2 in Lua' : '% of a number whose sign nothing shows: -1 % 3 is -1 in JavaScript and 2 in Lua',
      hint: 'mod(a, b) of @beamline/ecs has the sign of b everywhere.', fix,
      level: range.known ? 'warning' : 'advice',
    });
  },
};

/** `(x % m + m) % m` is the same either way. */
function isWrapped(node: ts.BinaryExpression, file: ts.SourceFile): boolean {
  const sum = outside(node).parent;
  if (!ts.isBinaryExpression(sum) || sum.operatorToken.kind !== ts.SyntaxKind.PlusToken) return false;
  const again = outside(sum).parent;
  const divisor = bare(node.right).getText(file);
  return ts.isBinaryExpression(again) && again.operatorToken.kind === ts.SyntaxKind.PercentToken
    && again.right.getText(file) === divisor && sum.right.getText(file) === divisor;
}

/** Zero is zero with either sign. */
function isZeroTest(node: ts.BinaryExpression): boolean {
  const { parent, child } = outside(node);
  if (!ts.isBinaryExpression(parent)) return false;
  const { kind } = parent.operatorToken;
  const other = parent.left === child ? parent.right : parent.left;
  return (kind === ts.SyntaxKind.EqualsEqualsEqualsToken || kind === ts.SyntaxKind.ExclamationEqualsEqualsToken) && other.getText() === '0';
}
