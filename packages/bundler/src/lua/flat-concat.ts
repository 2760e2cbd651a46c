import { isCalm } from './purity.ts';
import type { BinaryExpression, CallExpression, Expression } from './tree.ts';

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
  if (pieces.length > MAX_PIECES || !pieces.slice(2).every((piece) => isCalm(piece, isText))) return node;
  return pieces.reduceRight((right, left): Expression => ({ type: 'BinaryExpression', operator: '..', left, right, ...(node.at && { at: node.at }) }));
}

function isConcat(node: Expression): node is BinaryExpression {
  return node.type === 'BinaryExpression' && node.operator === '..';
}

function piecesOf(node: Expression): Expression[] {
  return isConcat(node) ? [...piecesOf(node.left), ...piecesOf(node.right)] : [node];
}

const isText = ({ base, arguments: values }: CallExpression): boolean =>
  values.length === 1 && base.type === 'Identifier' && !base.variable && base.name === 'tostring';
