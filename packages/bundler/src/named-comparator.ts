import ts from 'typescript';
import * as tstl from 'typescript-to-lua';
import { ContextType, getFunctionContextType } from 'typescript-to-lua/dist/transformation/utils/function-context.js';

/**
 * TypeScriptToLua's sort hands comparators a hidden `self`, which functions of the game don't take. It says so of other
 * callbacks and is silent here, where the parameter is optional: `list.sort(byPrice)` gets a function between.
 */
export const namedComparatorVisitor: tstl.Visitors = {
  [ts.SyntaxKind.CallExpression]: (node: ts.CallExpression, context: tstl.TransformationContext) => {
    const result = context.superTransformExpression(node);
    const [comparator] = node.arguments;
    if (!comparator || !isSort(node, context.checker) || !tstl.isCallExpression(result) || result.params.length !== 2 || !takesNoSelf(comparator, context)) return result;
    const compare = result.params[1] as tstl.Expression;
    result.params[1] = tstl.isIdentifier(compare) ? withSelf(compare) : bound(compare);
    return result;
  },
};

function isSort({ expression }: ts.CallExpression, checker: ts.TypeChecker): boolean {
  if (!ts.isPropertyAccessExpression(expression) || (expression.name.text !== 'sort' && expression.name.text !== 'toSorted')) return false;
  return checker.isArrayLikeType(checker.getApparentType(checker.getTypeAtLocation(expression.expression)));
}

/** A function written in place takes what sort gives. */
function takesNoSelf(node: ts.Expression, context: tstl.TransformationContext): boolean {
  let bare = node;
  while (ts.isParenthesizedExpression(bare) || ts.isAsExpression(bare) || ts.isSatisfiesExpression(bare) || ts.isNonNullExpression(bare)) bare = bare.expression;
  return !ts.isArrowFunction(bare) && !ts.isFunctionExpression(bare) && getFunctionContextType(context, context.checker.getTypeAtLocation(bare)) === ContextType.Void;
}

/** `function(_, a, b) return compare(a, b) end` */
function withSelf(compare: tstl.Expression): tstl.Expression {
  const [self, a, b] = ['____', '____a', '____b'].map((name) => tstl.createIdentifier(name)) as [tstl.Identifier, tstl.Identifier, tstl.Identifier];
  const call = tstl.createCallExpression(compare, [tstl.cloneIdentifier(a), tstl.cloneIdentifier(b)]);
  return tstl.createFunctionExpression(tstl.createBlock([tstl.createReturnStatement([call])]), [self, a, b]);
}

/** Evaluated once: `(function(compare) return … end)(f())` */
function bound(value: tstl.Expression): tstl.Expression {
  const compare = tstl.createIdentifier('compare');
  const make = tstl.createFunctionExpression(tstl.createBlock([tstl.createReturnStatement([withSelf(tstl.cloneIdentifier(compare))])]), [compare]);
  return tstl.createCallExpression(tstl.createParenthesizedExpression(make), [value]);
}
