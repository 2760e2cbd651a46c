import type { BinaryExpression, Expression } from './tree.ts';

/** A chain holds all its pieces in registers, of which a function has 255. */
const MAX_PIECES = 40;

/**
 * `((a .. b) .. c) .. d` → `a .. b .. c .. d`: no parentheses, and one concatenation instead of three. Pieces stay in
 * order; one whose evaluation could show that the pieces before it were not joined yet leaves the chain as it is.
 */
export function flattenConcat(node: Expression): Expression {
  if (!isConcat(node) || !isConcat(node.left)) return node;
  const pieces = piecesOf(node);
  // The first two were evaluated before any joining anyway.
  if (pieces.length > MAX_PIECES || !pieces.slice(2).every(isCalm)) return node;
  return pieces.reduceRight((right, left): Expression => ({ type: 'BinaryExpression', operator: '..', left, right, ...(node.at && { at: node.at }) }));
}

function isConcat(node: Expression): node is BinaryExpression {
  return node.type === 'BinaryExpression' && node.operator === '..';
}

function piecesOf(node: Expression): Expression[] {
  return isConcat(node) ? [...piecesOf(node.left), ...piecesOf(node.right)] : [node];
}

/** Changes nothing and always ends. It may fail, but so would the chain. */
function isCalm(node: Expression): boolean {
  switch (node.type) {
    case 'Identifier': case 'StringLiteral': case 'NumericLiteral': case 'BooleanLiteral': case 'NilLiteral': return true;
    case 'MemberExpression': return isCalm(node.base);
    case 'IndexExpression': return isCalm(node.base) && isCalm(node.index);
    case 'BinaryExpression': case 'LogicalExpression': return isCalm(node.left) && isCalm(node.right);
    case 'UnaryExpression': return isCalm(node.argument);
    case 'CallExpression':
      return node.arguments.length === 1 && node.base.type === 'Identifier' && !node.base.variable && node.base.name === 'tostring' && node.arguments.every(isCalm);
    default: return false;
  }
}
