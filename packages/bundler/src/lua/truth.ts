import type { Expression } from './tree.ts';

const COMPARISONS = new Set(['==', '~=', '<', '>', '<=', '>=']);

/** Never nil or false, whatever its parts are. */
export function isTruthy(node: Expression): boolean {
  switch (node.type) {
    case 'StringLiteral': case 'NumericLiteral': case 'FunctionDeclaration': case 'TableConstructorExpression': return true;
    case 'BooleanLiteral': return node.value;
    case 'BinaryExpression': return !COMPARISONS.has(node.operator);
    case 'UnaryExpression': return node.operator !== 'not';
    case 'LogicalExpression': return isTruthy(node.right) && (node.operator === 'or' || isTruthy(node.left));
    default: return false;
  }
}

/** Always true or false. */
export function isBoolean(node: Expression): boolean {
  switch (node.type) {
    case 'BooleanLiteral': return true;
    case 'BinaryExpression': return COMPARISONS.has(node.operator);
    case 'UnaryExpression': return node.operator === 'not';
    case 'LogicalExpression': return isBoolean(node.left) && isBoolean(node.right);
    default: return false;
  }
}

/** `true` where the expression counts as false, else `false`. */
export function negated(node: Expression): Expression {
  if (node.type === 'BinaryExpression' && (node.operator === '==' || node.operator === '~=')) return { ...node, operator: node.operator === '==' ? '~=' : '==' };
  if (node.type === 'UnaryExpression' && node.operator === 'not' && isBoolean(node.argument)) return node.argument;
  if (node.type === 'LogicalExpression' && isNegation(node.left) && isNegation(node.right)) {
    return { ...node, operator: node.operator === 'and' ? 'or' : 'and', left: negated(node.left), right: negated(node.right) };
  }
  return { type: 'UnaryExpression', operator: 'not', argument: node, ...(node.at && { at: node.at }) };
}

/** Whose negation is no longer than itself. */
function isNegation(node: Expression): boolean {
  return (node.type === 'BinaryExpression' && (node.operator === '==' || node.operator === '~=')) || (node.type === 'UnaryExpression' && node.operator === 'not');
}

/** As a condition, the opposite: not always a boolean. */
export function opposite(node: Expression): Expression {
  return node.type === 'UnaryExpression' && node.operator === 'not' ? node.argument : negated(node);
}
