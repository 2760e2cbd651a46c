import ts from 'typescript';
import { replace, type Fix } from '../fix.ts';
import type { LintRule } from '../rule.ts';
import { bare, isPath, operand } from '../syntax.ts';
import { isNumber, isString, partsOf, typeOf } from '../value-type.ts';

const K = ts.SyntaxKind;

/** `0` and `""` count as true in Lua. */
export const truthiness: LintRule = {
  name: 'truthiness', summary: 'numbers and strings as conditions', level: 'warning',
  kinds: [K.IfStatement, K.WhileStatement, K.DoStatement, K.ForStatement, K.ConditionalExpression, K.PrefixUnaryExpression, K.BinaryExpression],
  check(node, { checker, file, report }) {
    const tested = testedBy(node);
    if (!tested) return;
    const value = bare(tested);
    if (ts.isBinaryExpression(value) && isLogical(value.operatorToken.kind)) return; // its own operands are looked at
    const type = typeOf(value, checker);
    const falsy = partsOf(type).find(isFalsyInJavaScript);
    if (!falsy) return;
    const zero = (falsy.flags & ts.TypeFlags.StringLike) !== 0 ? "''" : '0';
    const isNegated = ts.isPrefixUnaryExpression(node);
    report(isNegated ? node : tested, {
      message: `${zero} is true in Lua: ${value.getText(file)} as a condition means something else there`,
      hint: `Compare: ${operand(tested, file)} !== ${zero}.`,
      fix: fixOf(node, tested, checker, file, zero),
    });
  },
};

const isLogical = (kind: ts.SyntaxKind) => kind === K.AmpersandAmpersandToken || kind === K.BarBarToken;

function testedBy(node: ts.Node): ts.Expression | undefined {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) return rightmost(node.expression);
  if (ts.isForStatement(node)) return node.condition && rightmost(node.condition);
  if (ts.isConditionalExpression(node)) return rightmost(node.condition);
  if (ts.isPrefixUnaryExpression(node)) return node.operator === K.ExclamationToken ? node.operand : undefined;
  return ts.isBinaryExpression(node) && isLogical(node.operatorToken.kind) ? rightmost(node.left) : undefined;
}

/** Of `a && b` the condition is `b`; `a` is looked at as the operand it is. */
function rightmost(node: ts.Expression): ts.Expression {
  const inner = bare(node);
  return ts.isBinaryExpression(inner) && isLogical(inner.operatorToken.kind) ? rightmost(inner.right) : node;
}

function isFalsyInJavaScript(type: ts.Type): boolean {
  if (type.isNumberLiteral()) return type.value === 0;
  if (type.isStringLiteral()) return type.value === '';
  return (type.flags & (ts.TypeFlags.NumberLike | ts.TypeFlags.StringLike)) !== 0;
}

/** Only where a boolean is wanted: `name || 'nobody'` is for a person to decide. */
function fixOf(node: ts.Node, tested: ts.Expression, checker: ts.TypeChecker, file: ts.SourceFile, zero: string): Fix | undefined {
  if (!isCondition(node)) return undefined;
  const isNegated = ts.isPrefixUnaryExpression(node);
  const type = typeOf(tested, checker);
  const text = operand(tested, file);
  const whole = isNegated ? node : tested;
  if (isNumber(type) || isString(type)) return replace(whole, file, `${text} ${isNegated ? '===' : '!=='} ${zero}`);
  const rest = partsOf(type).filter((part) => (part.flags & ts.TypeFlags.Undefined) === 0);
  if (!isPath(bare(tested)) || !(rest.every(isNumber) || rest.every(isString))) return undefined;
  return replace(whole, file, isNegated ? `(${text} === undefined || ${text} === ${zero})` : `(${text} !== undefined && ${text} !== ${zero})`);
}

function isCondition(node: ts.Node): boolean {
  if (!ts.isBinaryExpression(node) && !ts.isPrefixUnaryExpression(node)) return true;
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent)) return isCondition2(parent);
  return isPlace(node, parent);
}

const isCondition2 = (node: ts.ParenthesizedExpression): boolean => (ts.isParenthesizedExpression(node.parent) ? isCondition2(node.parent) : isPlace(node, node.parent));

function isPlace(node: ts.Node, parent: ts.Node): boolean {
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent)) return parent.expression === node;
  if (ts.isForStatement(parent) || ts.isConditionalExpression(parent)) return parent.condition === node;
  // `!x` is a boolean wherever it stands, if nothing binds more tightly.
  if (ts.isPrefixUnaryExpression(node)) return !ts.isPrefixUnaryExpression(parent) && (!ts.isBinaryExpression(parent) || isLogical(parent.operatorToken.kind));
  return ts.isBinaryExpression(parent) && isLogical(parent.operatorToken.kind) && isCondition(parent);
}
