import ts from 'typescript';
import * as tstl from 'typescript-to-lua';

const SAME = new Set([ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.EqualsEqualsToken]);
const OTHER = new Set([ts.SyntaxKind.ExclamationEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsToken]);

/**
 * Tests for `undefined` and `null` of what can't be `false`: `x === undefined` becomes `not x`, and `x !== undefined`, where
 * only its truth matters, `x`. Shorter, and one comparison less.
 */
export const undefinedTests: tstl.Visitors = {
  [ts.SyntaxKind.BinaryExpression]: (node: ts.BinaryExpression, context: tstl.TransformationContext) => {
    const kind = node.operatorToken.kind;
    if (kind === ts.SyntaxKind.AmpersandAmpersandToken && testsObject(node.left, node.right)) return context.transformExpression(node.left);
    const value = isNothing(node.right) ? node.left : isNothing(node.left) ? node.right : undefined;
    const isSame = SAME.has(kind);
    if (!value || !(isSame || OTHER.has(kind)) || canBeFalse(context.checker.getTypeAtLocation(value))) return context.superTransformExpression(node);
    if (isSame) return tstl.createUnaryExpression(context.transformExpression(value), tstl.SyntaxKind.NotOperator, node);
    return isCondition(node) ? context.transformExpression(value) : context.superTransformExpression(node);
  },
};

function isNothing(node: ts.Expression): boolean {
  return node.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(node) && node.text === 'undefined');
}

/** `typeof x === 'object' && x !== null`: nothing is no table in Lua. */
function testsObject(left: ts.Expression, right: ts.Expression): boolean {
  if (!ts.isBinaryExpression(left) || !ts.isTypeOfExpression(left.left) || !ts.isStringLiteral(left.right) || left.right.text !== 'object') return false;
  const same = SAME.has(left.operatorToken.kind) && ts.isBinaryExpression(right) && OTHER.has(right.operatorToken.kind) && right.right.kind === ts.SyntaxKind.NullKeyword;
  return same && left.left.expression.getText() === right.left.getText();
}

function canBeFalse(type: ts.Type): boolean {
  if (type.isUnionOrIntersection()) return type.types.some(canBeFalse);
  return (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter | ts.TypeFlags.Instantiable | ts.TypeFlags.BooleanLike)) !== 0;
}

/** Whether nothing but its truth matters to whoever asks. */
function isCondition(node: ts.Expression): boolean {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return isCondition(parent);
  if (ts.isPrefixUnaryExpression(parent)) return parent.operator === ts.SyntaxKind.ExclamationToken;
  if (ts.isConditionalExpression(parent)) return parent.condition === node;
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent)) return parent.expression === node;
  if (ts.isForStatement(parent)) return parent.condition === node;
  return ts.isBinaryExpression(parent) && isLogical(parent.operatorToken.kind) && isCondition(parent);
}

function isLogical(kind: ts.SyntaxKind): boolean {
  return kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
}
