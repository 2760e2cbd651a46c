import ts from 'typescript';

/** What the compiler says of code that has no Lua. */
export function refusal(node: ts.Node, messageText: string): ts.Diagnostic {
  const file = node.getSourceFile();
  const start = node.getStart(file);
  return { file, start, length: node.end - start, category: ts.DiagnosticCategory.Error, code: 0, messageText };
}
