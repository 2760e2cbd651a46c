import ts from 'typescript';

interface Scoped {
  locals?: ReadonlyMap<string, ts.Symbol>;
}

/**
 * The outermost name that an identifier stands for, or undefined when something nearer declares it. Asks the scopes that
 * TypeScript's binder left on the tree, and no types.
 */
export function outermostName(node: ts.Identifier): string | undefined {
  for (let at: ts.Node = node.parent; at.parent; at = at.parent) {
    if ((at as Scoped).locals?.has(node.text)) return undefined;
    if ((ts.isFunctionExpression(at) || ts.isClassExpression(at)) && at.name?.text === node.text) return undefined;
  }
  return node.text;
}

/** Where a name that is not an outermost one is declared: a variable of a function, a parameter. */
export function localDeclaration(node: ts.Identifier): ts.Declaration | undefined {
  for (let at: ts.Node = node.parent; at.parent; at = at.parent) {
    const found = (at as Scoped).locals?.get(node.text);
    if (found) return found.valueDeclaration;
  }
  return undefined;
}

/** Whether an identifier is used as a value, rather than names a property, a declaration or a type. */
export function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent) || ts.isEnumMember(parent)) return parent.initializer === node;
  return !(ts.isFunctionLike(parent) && parent.name === node) && !((ts.isClassLike(parent) || ts.isEnumDeclaration(parent)) && parent.name === node)
    && !ts.isLabeledStatement(parent) && !ts.isBreakOrContinueStatement(parent) && !ts.isImportSpecifier(parent) && !ts.isExportSpecifier(parent);
}

/** An expression without parentheses, `as`, `satisfies` and `!` around it. */
export function bare(node: ts.Expression): ts.Expression {
  let at = node;
  while (ts.isParenthesizedExpression(at) || ts.isAsExpression(at) || ts.isSatisfiesExpression(at) || ts.isNonNullExpression(at) || ts.isTypeAssertionExpression(at)) at = at.expression;
  return at;
}
