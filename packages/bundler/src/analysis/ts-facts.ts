import ts from 'typescript';
import type { Declaration, ModuleFacts, NameRef } from './module-facts.ts';
import { boundNames, readMentions } from './ts-mentions.ts';

/** Reads imports, exports and declarations of a TypeScript or JavaScript module. `resolve` names the module of a specifier. */
export function typescriptFacts(path: string, source: ts.SourceFile, resolve: (specifier: string) => string | undefined): ModuleFacts {
  const imports: string[] = [];
  const names = new Map<string, NameRef>();
  const exports = new Map<string, string | NameRef>();
  const stars: string[] = [];
  const declarations: Declaration[] = [];
  const target = (specifier: ts.Expression | undefined) => {
    const found = specifier && ts.isStringLiteral(specifier) ? resolve(specifier.text) : undefined;
    if (found !== undefined) imports.push(found);
    return found;
  };
  const declare = (name: string, node: ts.Node, effect: boolean, range: ts.Node = node) => {
    const place = (position: number): Declaration['start'] => {
      const { line, character } = source.getLineAndCharacterOfPosition(position);
      return [line + 1, character];
    };
    declarations.push({ name, start: place(range.getStart(source)), end: place(range.end), effect, ...readMentions(node) });
    if (isExported(node) || isExported(range)) exports.set(isDefault(range) ? 'default' : name, name);
  };

  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      const { importClause: clause, moduleSpecifier } = statement;
      if (clause?.isTypeOnly || clause?.namedBindings && ts.isNamedImports(clause.namedBindings) && !clause.name
        && clause.namedBindings.elements.length > 0 && clause.namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly)) continue;
      const from = target(moduleSpecifier);
      if (from === undefined) continue;
      if (clause?.name) names.set(clause.name.text, { path: from, name: 'default' });
      const bindings = clause?.namedBindings;
      if (bindings && ts.isNamespaceImport(bindings)) names.set(bindings.name.text, { path: from, name: '*' });
      else for (const { name, propertyName, isTypeOnly } of bindings?.elements ?? []) {
        if (!isTypeOnly) names.set(name.text, { path: from, name: (propertyName ?? name).text });
      }
    } else if (ts.isExportDeclaration(statement)) {
      if (statement.isTypeOnly) continue;
      const from = target(statement.moduleSpecifier);
      if (statement.moduleSpecifier && from === undefined) continue;
      const { exportClause: clause } = statement;
      if (clause === undefined) stars.push(from ?? '');
      else if (ts.isNamespaceExport(clause)) exports.set(clause.name.text, { path: from ?? '', name: '*' });
      else for (const { name, propertyName, isTypeOnly } of clause.elements) {
        if (!isTypeOnly) exports.set(name.text, from === undefined ? (propertyName ?? name).text : { path: from, name: (propertyName ?? name).text });
      }
    } else if (ts.isVariableStatement(statement)) {
      const { declarations: list } = statement.declarationList;
      for (const each of list) {
        // A statement of one variable begins before its name; the generated code is mapped to either.
        const range = list.length === 1 ? statement : each;
        for (const name of boundNames(each.name)) {
          declare(name, each, false, range);
          if (isExported(statement)) exports.set(name, name);
        }
      }
    } else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement)) {
      declare(statement.name?.text ?? 'default', statement, false);
    } else if (ts.isExportAssignment(statement)) {
      declare('default', statement, false);
      exports.set('default', 'default');
    } else if (!ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement) && !ts.isEmptyStatement(statement) && !ts.isModuleDeclaration(statement)) {
      declare(`line ${source.getLineAndCharacterOfPosition(statement.getStart(source)).line + 1}`, statement, true);
    }
  }
  return { path, imports: [...new Set(imports)], names, exports, stars, declarations };
}

function isExported(node: ts.Node): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function isDefault(node: ts.Node): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
}
