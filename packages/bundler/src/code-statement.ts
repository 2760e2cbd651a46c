import ts from 'typescript';

/** Statements that exist for types alone, or that the linker replaces. */
export const NEVER_CODE: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.ImportDeclaration, ts.SyntaxKind.ExportDeclaration, ts.SyntaxKind.InterfaceDeclaration, ts.SyntaxKind.TypeAliasDeclaration,
  ts.SyntaxKind.ModuleDeclaration,
]);

const known = new WeakMap<ts.SourceFile, readonly ts.Statement[]>();

/** The statements of a file that may become code. */
export function codeOf(file: ts.SourceFile): readonly ts.Statement[] {
  const found = known.get(file) ?? file.statements.filter(isCode);
  known.set(file, found);
  return found;
}

/** A statement that may become code of its own. */
function isCode(node: ts.Node): node is ts.Statement {
  return ts.isStatement(node) && !ts.isBlock(node) && !NEVER_CODE.has(node.kind)
    && !(ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword));
}
