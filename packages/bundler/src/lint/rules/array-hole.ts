import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { bare, calledName, isNothing, methodOf } from '../syntax.ts';
import { elementType, typeOf } from '../value-type.ts';

const K = ts.SyntaxKind;
const HINT = 'Use a value that means nothing (0, "", -1), and keep the list without gaps.';

/** A Lua list ends where the first nil stands. */
export const arrayHole: LintRule = {
  name: 'array-hole', summary: 'holes and undefined in arrays, .length =, delete', level: 'warning',
  kinds: [K.ArrayLiteralExpression, K.NewExpression, K.CallExpression, K.DeleteExpression, K.BinaryExpression, K.PostfixUnaryExpression, K.PrefixUnaryExpression],
  check(node, { checker, report }) {
    const isList = (object: ts.Expression) => elementType(typeOf(object, checker), checker) !== undefined;
    if (ts.isArrayLiteralExpression(node)) {
      const hole = node.elements.find((each) => ts.isOmittedExpression(each) || isNothing(each));
      if (hole && !isPattern(node)) report(hole, { message: 'a list in Lua ends at its first hole', hint: HINT });
    } else if (ts.isNewExpression(node) || (ts.isCallExpression(node) && calledName(node) === 'Array')) {
      const [size, more] = node.arguments ?? [];
      if (node.expression.getText() === 'Array' && size && !more) report(node, { message: 'Array(n) is a list of holes, empty in Lua', hint: 'Fill it: for (let i = 0; i < n; i++) list[i] = 0.' });
    } else if (ts.isCallExpression(node)) {
      const method = methodOf(node);
      if ((method?.name === 'push' || method?.name === 'unshift' || method?.name === 'fill') && isList(method.object) && node.arguments.some(isNothing)) {
        report(node, { message: `${method.name}(undefined) adds nothing to a list in Lua`, hint: HINT });
      }
    } else if (ts.isDeleteExpression(node)) {
      const target = bare(node.expression);
      if (ts.isElementAccessExpression(target) && isList(target.expression)) report(node, { message: 'delete leaves a hole, where a list in Lua ends', hint: 'splice takes an element out; swapping in the last one and pop is cheaper.' });
    } else if (ts.isBinaryExpression(node)) {
      if (node.operatorToken.kind < K.FirstAssignment || node.operatorToken.kind > K.LastAssignment) return;
      const target = bare(node.left);
      if (isLength(target) && isList(target.expression) && node.right.getText() !== '0') report(node, { message: 'setting length makes holes, or nothing, in Lua', hint: 'Only list.length = 0 is safe; take elements off with pop or splice.' });
      if (ts.isElementAccessExpression(target) && isNothing(node.right) && isList(target.expression)) report(node, { message: 'undefined in a list is a hole, where a list in Lua ends', hint: HINT });
    } else if ((ts.isPostfixUnaryExpression(node) || ts.isPrefixUnaryExpression(node)) && (node.operator === K.PlusPlusToken || node.operator === K.MinusMinusToken)) {
      const target = bare(node.operand);
      if (isLength(target) && isList(target.expression)) report(node, { message: 'setting length makes holes, or nothing, in Lua', hint: 'pop takes the last element off.' });
    }
  },
};

const isLength = (node: ts.Expression): node is ts.PropertyAccessExpression => ts.isPropertyAccessExpression(node) && node.name.text === 'length';

/** `[, second] = pair` skips, it makes no list. */
function isPattern(node: ts.ArrayLiteralExpression): boolean {
  return ts.isBinaryExpression(node.parent) && node.parent.left === node;
}
