import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { calledName, isGlobal, outside, staticCall } from '../syntax.ts';
import { isString, typeOf } from '../value-type.ts';

const ROUNDS = new Set(['Math.floor', 'Math.ceil', 'Math.trunc', 'Math.round']);

/** Luerl reads every number as a float. */
export const numberText: LintRule = {
  name: 'number-text', summary: 'numbers read from text', level: 'warning', kinds: [ts.SyntaxKind.CallExpression, ts.SyntaxKind.PrefixUnaryExpression],
  check(node, { checker, file, report }) {
    const text = textRead(node, checker);
    if (!text || !isString(typeOf(text, checker))) return;
    const { parent } = outside(node);
    if (ts.isCallExpression(parent) && ROUNDS.has(staticCall(parent, checker) ?? '')) return;
    report(node, {
      message: 'a number read from text is a float in Lua: "2" becomes 2.0, and text that is no number fails there instead of giving NaN',
      hint: `parseInt(${text.getText(file)}) reads an integer everywhere; refuse text that is not all digits first.`,
    });
  },
};

function textRead(node: ts.Node, checker: ts.TypeChecker): ts.Expression | undefined {
  if (ts.isPrefixUnaryExpression(node)) return node.operator === ts.SyntaxKind.PlusToken ? node.operand : undefined;
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression) || !isGlobal(node.expression, checker)) return undefined;
  const name = calledName(node);
  return name === 'Number' || name === 'parseFloat' ? node.arguments[0] : undefined;
}
