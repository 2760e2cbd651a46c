import ts from 'typescript';

/** The expression without parentheses, `!` and type assertions. */
export function bare(node: ts.Expression): ts.Expression {
  if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return bare(node.expression);
  return node;
}

/** The nearest node above that is no parenthesis, `!` or type assertion, and the child it holds `node` by. */
export function outside(node: ts.Node): { parent: ts.Node; child: ts.Node } {
  const { parent } = node;
  if (ts.isParenthesizedExpression(parent) || ts.isNonNullExpression(parent) || ts.isAsExpression(parent) || ts.isSatisfiesExpression(parent)) return outside(parent);
  return { parent, child: node };
}

/** `f` of `object.f(…)`. */
export function methodOf(call: ts.CallExpression): { object: ts.Expression; name: string } | undefined {
  const callee = bare(call.expression);
  return ts.isPropertyAccessExpression(callee) ? { object: callee.expression, name: callee.name.text } : undefined;
}

/** `Math.floor` of `Math.floor(…)`, when `Math` is the language's. */
export function staticCall(call: ts.CallExpression, checker: ts.TypeChecker): string | undefined {
  const method = methodOf(call);
  if (!method || !ts.isIdentifier(method.object) || !isGlobal(method.object, checker)) return undefined;
  return `${method.object.text}.${method.name}`;
}

/** The name of a function called by its name. */
export function calledName(call: ts.CallExpression): string | undefined {
  const callee = bare(call.expression);
  return ts.isIdentifier(callee) ? callee.text : undefined;
}

/** True for names that no module of the game defines: the host's, the language's, or nobody's. */
export function isGlobal(node: ts.Identifier, checker: ts.TypeChecker): boolean {
  const symbol = checker.getSymbolAtLocation(node);
  return (symbol?.declarations ?? []).every((declaration) =>
    declaration.getSourceFile().isDeclarationFile || (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Ambient) !== 0);
}

/** An identifier that is used for its value: no property's name, no declaration, no key. */
export function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isImportClause(parent) || ts.isPropertyAccessExpression(parent)) return false;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isFunctionDeclaration(parent) || ts.isClassDeclaration(parent) || ts.isMethodDeclaration(parent) || ts.isEnumMember(parent)) return false;
  return true;
}

/** Text that may stand beside any binary operator. */
export function operand(node: ts.Expression, file: ts.SourceFile): string {
  const text = node.getText(file);
  const isTight = ts.isIdentifier(node) || ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) || ts.isCallExpression(node)
    || ts.isNonNullExpression(node) || ts.isParenthesizedExpression(node) || ts.isLiteralExpression(node);
  return isTight ? text : `(${text})`;
}

/** A name or path of names: evaluating it twice changes nothing. */
export function isPath(node: ts.Expression): boolean {
  if (ts.isIdentifier(node) || node.kind === ts.SyntaxKind.ThisKeyword) return true;
  return ts.isPropertyAccessExpression(node) && isPath(node.expression);
}

export function isNothing(node: ts.Expression): boolean {
  const value = bare(node);
  return value.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(value) && value.text === 'undefined');
}
