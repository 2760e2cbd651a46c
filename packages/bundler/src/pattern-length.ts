import ts from 'typescript';
import * as tstl from 'typescript-to-lua';
import { refusal } from './refusal.ts';
import type { Expression, Statement } from './lua/tree.ts';
import { rewrite } from './lua/walk.ts';

/** Stands for the length of a list or text until the Lua is parsed: no field has such a name. */
const LENGTH = '\u0001length';

/**
 * `const { 0: first } = list` counts from 1 in Lua. `const { length } = list`: the length of a list or a text is no field in Lua, where TypeScriptToLua would look for one.
 * Patterns must have passed through `spellPatterns`, and the Lua through `countLengths`. In patterns that assign to what is
 * there already it is refused.
 */
export const patternLengths: tstl.Visitors = {
  [ts.SyntaxKind.StringLiteral]: (node: ts.StringLiteral, context: tstl.TransformationContext) => {
    const pattern = node.text === 'length' ? patternOf(node) : undefined;
    return pattern && isCounted(context.checker.getTypeAtLocation(pattern), context.checker) ? tstl.createStringLiteral(LENGTH) : context.superTransformExpression(node);
  },
  [ts.SyntaxKind.NumericLiteral]: (node: ts.NumericLiteral, context: tstl.TransformationContext) => {
    const pattern = patternOf(node);
    return pattern && isCounted(context.checker.getTypeAtLocation(pattern), context.checker) ? tstl.createNumericLiteral(Number(node.text) + 1) : context.superTransformExpression(node);
  },
  [ts.SyntaxKind.BinaryExpression]: (node: ts.BinaryExpression, context: tstl.TransformationContext) => {
    const { left, operatorToken: { kind } } = node;
    if (kind === ts.SyntaxKind.EqualsToken && ts.isObjectLiteralExpression(left) && isCounted(context.checker.getTypeAtLocation(node.right), context.checker)) {
      const found = left.properties.find(({ name }) => name && (ts.isNumericLiteral(name) || (ts.isIdentifier(name) && name.text === 'length')));
      if (found) context.diagnostics.push(refusal(found, 'the length and the places of a list or text are no fields in Lua: write x = list.length, x = list[0]'));
    }
    return context.superTransformExpression(node);
  },
};

/** The pattern that a name of a property stands in. What the compiler makes up has no parent. */
function patternOf(node: ts.Expression): ts.BindingPattern | undefined {
  const parent = node.parent as ts.Node | undefined;
  return parent && ts.isBindingElement(parent) && parent.propertyName === node ? parent.parent : undefined;
}

function isCounted(type: ts.Type, checker: ts.TypeChecker): boolean {
  if (type.isUnion()) return type.types.every((each) => isCounted(each, checker));
  const known = checker.getBaseConstraintOfType(type) ?? type;
  return checker.isArrayType(known) || checker.isTupleType(known) || (known.flags & ts.TypeFlags.StringLike) !== 0;
}

/** `list["length of it"]` → `#list` */
export function countLengths(body: Statement[]): Statement[] {
  return rewrite(body, {
    expression: (node): Expression => (node.type === 'IndexExpression' && node.index.type === 'StringLiteral' && node.index.value === LENGTH
      ? { type: 'UnaryExpression', operator: '#', argument: node.base, ...(node.at && { at: node.at }) } : node),
  });
}
