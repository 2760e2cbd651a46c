import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { bare, methodOf } from '../syntax.ts';
import { elementType, isNumber, isString, typeOf } from '../value-type.ts';

const K = ts.SyntaxKind;
/** Names that by their meaning are different in every element. */
const UNIQUE = /^(id|entity|eid|key|index|row|sequence)$/i;

/** Lua's sort is unstable, and without a comparator it does not compare as text. */
export const sortOrder: LintRule = {
  name: 'sort-order', summary: 'sort without a total order', level: 'warning', kinds: [K.CallExpression],
  check(node, { checker, report }) {
    const call = node as ts.CallExpression;
    const method = methodOf(call);
    if (method?.name !== 'sort' && method?.name !== 'toSorted') return;
    const element = elementType(typeOf(method.object, checker), checker);
    if (!element) return;
    const [comparator] = call.arguments;
    if (!comparator) {
      if (isString(element)) return;
      const isPlain = isNumber(element);
      return report(node, {
        message: 'sort without a comparator compares as text in JavaScript (10 before 9) and by value in Lua', hint: 'Give a comparator: (a, b) => a - b.',
        ...(isPlain && { fix: { edits: [{ start: call.end - 1, end: call.end, text: '(a, b) => a - b)' }] } }),
      });
    }
    const body = bodyOf(comparator);
    const reason = body && whyNotTotal(body, checker);
    if (reason === undefined) return;
    report(comparator, { message: `${reason}: equal elements come in another order in Lua, whose sort is unstable`, hint: 'Decide ties by something unique: const d = a.hp - b.hp; return d !== 0 ? d : a.id - b.id.' });
  },
};

function bodyOf(node: ts.Expression): ts.Expression | undefined {
  const comparator = bare(node);
  if (!ts.isArrowFunction(comparator) && !ts.isFunctionExpression(comparator)) return undefined;
  if (!ts.isBlock(comparator.body)) return bare(comparator.body);
  const [only, more] = comparator.body.statements;
  return only && !more && ts.isReturnStatement(only) && only.expression ? bare(only.expression) : undefined;
}

function whyNotTotal(body: ts.Expression, checker: ts.TypeChecker): string | undefined {
  if ((typeOf(body, checker).flags & ts.TypeFlags.BooleanLike) !== 0 || isComparison(body)) return 'the comparator returns a boolean, no order';
  if (ts.isConditionalExpression(body) && [body.whenTrue, body.whenFalse].every(isSign)) {
    const condition = bare(body.condition);
    return isComparison(condition) && !isUnique(condition.left) ? 'the comparator never says equal' : undefined;
  }
  if (ts.isBinaryExpression(body) && body.operatorToken.kind === K.MinusToken && !isUnique(body.left)) return 'the comparator leaves ties open';
  return undefined;
}

const isSign = (node: ts.Expression) => ts.isNumericLiteral(bare(node)) || ts.isPrefixUnaryExpression(bare(node));
const isComparison = (node: ts.Expression): node is ts.BinaryExpression => ts.isBinaryExpression(node)
  && [K.LessThanToken, K.GreaterThanToken, K.LessThanEqualsToken, K.GreaterThanEqualsToken].includes(node.operatorToken.kind);

function isUnique(node: ts.Expression): boolean {
  const value = bare(node);
  if (ts.isIdentifier(value)) return true;
  if (ts.isPropertyAccessExpression(value)) return UNIQUE.test(value.name.text);
  return !ts.isElementAccessExpression(value);
}
