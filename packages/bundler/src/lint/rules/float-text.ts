import ts from 'typescript';
import { numberRange } from '../number-range.ts';
import type { LintRule, RuleContext } from '../rule.ts';
import { calledName, methodOf } from '../syntax.ts';
import { isNumber, isString, typeOf } from '../value-type.ts';

const FORMATS = new Set(['toFixed', 'toPrecision', 'toExponential', 'toLocaleString']);

/** Each engine prints numbers with a fraction its own way. */
export const floatText: LintRule = {
  name: 'float-text', summary: 'fractions in text', level: 'warning', kinds: [ts.SyntaxKind.TemplateSpan, ts.SyntaxKind.BinaryExpression, ts.SyntaxKind.CallExpression],
  check(node, context) {
    if (ts.isTemplateSpan(node)) check(node.expression, context);
    else if (ts.isBinaryExpression(node)) {
      if (node.operatorToken.kind !== ts.SyntaxKind.PlusToken || !isString(typeOf(node, context.checker))) return;
      check(node.left, context);
      check(node.right, context);
    } else if (ts.isCallExpression(node)) checkCall(node, context);
  },
};

const HINT = 'Keep integers in a smaller unit (cents, 1/65536) and write those.';

function check(node: ts.Expression, { checker, report }: RuleContext): void {
  if (!isNumber(typeOf(node, checker)) || numberRange(node, checker).integer !== false) return;
  report(node, { message: 'a number with a fraction prints differently in Lua: 5.0, 1e-07, 1.50000000000000000000e+00', hint: HINT });
}

function checkCall(node: ts.CallExpression, context: RuleContext): void {
  const [first] = node.arguments;
  if (calledName(node) === 'String' && first) return check(first, context);
  const method = methodOf(node);
  if (!method || !isNumber(typeOf(method.object, context.checker))) return;
  if (method.name === 'toString' && !first) check(method.object, context);
  else if (FORMATS.has(method.name)) context.report(node, { message: `${method.name} rounds and prints differently in Lua`, hint: HINT });
}
