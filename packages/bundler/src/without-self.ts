import ts from 'typescript';

/**
 * TypeScriptToLua gives functions reached through an interface, a type literal or an object's method shorthand a hidden
 * `self` parameter, whatever `noImplicitSelf` says. Lua code calls our functions and ours calls Lua's, so there is none:
 * this marks every such signature `@noSelf`, except in classes and where `this` is declared or used.
 */
export function removeImplicitSelf(file: ts.SourceFile): ts.SourceFile {
  let methods = '';
  // Parents aren't linked before the program binds the file.
  const visit = (node: ts.Node, parent: ts.Node): void => {
    const marked = isSignature(node, parent) && !declaresThis(node);
    if (marked) mark(node);
    if (ts.isMethodDeclaration(node)) methods += marked ? '1' : '0';
    ts.forEachChild(node, (child) => visit(child, node));
  };
  ts.forEachChild(file, (child) => visit(child, file));
  marks.set(file, methods);
  return file;
}

const marks = new WeakMap<ts.SourceFile, string>();

/** Which methods of a source take no hidden `self`, in order: their declarations do not tell. */
export function selfMarks(file: ts.SourceFile): string {
  return marks.get(file) ?? '';
}

function isSignature(node: ts.Node, parent: ts.Node): node is ts.SignatureDeclaration {
  return ts.isFunctionTypeNode(node) || ts.isMethodSignature(node) || ts.isCallSignatureDeclaration(node)
    || (ts.isMethodDeclaration(node) && ts.isObjectLiteralExpression(parent) && !mentionsThis(node));
}

function declaresThis(node: ts.SignatureDeclaration): boolean {
  const [first] = node.parameters;
  return first !== undefined && ts.isIdentifier(first.name) && first.name.text === 'this';
}

function mentionsThis(node: ts.Node): boolean {
  return node.kind === ts.SyntaxKind.ThisKeyword || (ts.forEachChild(node, mentionsThis) ?? false);
}

function mark(node: ts.SignatureDeclaration): void {
  const holder = node as ts.SignatureDeclaration & { jsDoc?: ts.JSDoc[] };
  const tag = ts.factory.createJSDocUnknownTag(ts.factory.createIdentifier('noSelf'), undefined);
  holder.jsDoc = [...(holder.jsDoc ?? []), ts.factory.createJSDocComment(undefined, [tag])];
}
