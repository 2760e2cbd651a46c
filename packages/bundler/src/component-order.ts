import ts from 'typescript';
import * as tstl from 'typescript-to-lua';
import type { Finding } from './finding.ts';
import { relativeTo } from './root-path.ts';
import type { ExportRef } from './ts-links.ts';

/**
 * Lua tables forget the order of their keys, and a component's field order is part of the layout: calls of ecs' `component`
 * get the order of the object literal as a third argument. What isn't a literal is reported.
 */
export function componentOrderVisitor(component: ExportRef | undefined, root: string, findings: Finding[]): tstl.Visitors {
  if (!component) return {};
  return {
    [ts.SyntaxKind.CallExpression]: (node: ts.CallExpression, context: tstl.TransformationContext) => {
      const result = context.superTransformExpression(node);
      if (node.arguments.length !== 2 || !isComponent(node, context.checker, component) || !tstl.isCallExpression(result)) return result;
      const names = literalKeys(node.arguments[1], context.checker);
      if (!names) findings.push(notLiteral(node, root));
      const fields = (names ?? []).map((name) => tstl.createTableFieldExpression(tstl.createStringLiteral(name)));
      result.params.push(tstl.createTableExpression(fields));
      return result;
    },
  };
}

function isComponent(node: ts.CallExpression, checker: ts.TypeChecker, component: ExportRef): boolean {
  const symbol = checker.getSymbolAtLocation(node.expression);
  if (!symbol) return false;
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return target.name === component.name && target.declarations?.[0]?.getSourceFile().fileName === component.file;
}

/** Keys of an object literal in source order, also through a `const` that holds one. */
function literalKeys(node: ts.Expression | undefined, checker: ts.TypeChecker): string[] | undefined {
  if (node && (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node))) return literalKeys(node.expression, checker);
  if (node && ts.isIdentifier(node)) {
    const declaration = checker.getSymbolAtLocation(node)?.valueDeclaration;
    return declaration && ts.isVariableDeclaration(declaration) ? literalKeys(declaration.initializer, checker) : undefined;
  }
  if (!node || !ts.isObjectLiteralExpression(node)) return undefined;
  const names: string[] = [];
  for (const property of node.properties) {
    if (!property.name || !(ts.isPropertyAssignment(property) || ts.isShorthandPropertyAssignment(property))) return undefined;
    if (!ts.isIdentifier(property.name) && !ts.isStringLiteral(property.name)) return undefined;
    names.push(property.name.text);
  }
  return names;
}

function notLiteral(node: ts.CallExpression, root: string): Finding {
  const file = node.getSourceFile();
  const { line, character } = file.getLineAndCharacterOfPosition(node.getStart(file));
  return {
    code: 'bundler/component-not-literal',
    message: 'the fields of a component must be written as an object literal',
    hint: "Write component('Name', { x: i32, y: i32 }): the bundler reads the fields' order there.",
    file: relativeTo(root, file.fileName), line: line + 1, column: character + 1,
  };
}
