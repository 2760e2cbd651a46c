import ts from 'typescript';

/** What a name of a module's outermost scope stands for in another module; `*` is the whole module. */
export interface Imported {
  specifier: string;
  name: string;
}

/** What a module takes and gives, by its syntax alone. */
export interface ModuleTable {
  /** By local name, types that say so excluded. */
  imports: ReadonlyMap<string, Imported>;
  /** By exported name: a name of the outermost scope, or another module's. */
  exports: ReadonlyMap<string, string | Imported>;
  /** Modules all of whose exports are exported again. */
  stars: readonly string[];
  /** Modules imported or re-exported from, in order, with the local names bound; `undefined` where it is for its effects. */
  dependencies: readonly { specifier: string; names: readonly string[] | undefined }[];
}

const tables = new WeakMap<ts.SourceFile, ModuleTable>();

export function moduleTable(file: ts.SourceFile): ModuleTable {
  const known = tables.get(file) ?? readTable(file);
  tables.set(file, known);
  return known;
}

function readTable(file: ts.SourceFile): ModuleTable {
  const imports = new Map<string, Imported>();
  const exports = new Map<string, string | Imported>();
  const stars: string[] = [];
  const dependencies: { specifier: string; names: string[] | undefined }[] = [];
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) readImport(statement, imports, dependencies);
    else if (ts.isExportDeclaration(statement)) readExport(statement, exports, stars, dependencies);
    else if (ts.isExportAssignment(statement)) exports.set('default', DEFAULT);
    else if (isExported(statement)) for (const name of declaredNames(statement)) exports.set(isDefault(statement) ? 'default' : name, name);
  }
  return { imports, exports, stars, dependencies };
}

/** Stands for the value of `export default …`, and for a function or class that has no other name. */
export const DEFAULT = 'default';

function readImport(node: ts.ImportDeclaration, imports: Map<string, Imported>, dependencies: { specifier: string; names: string[] | undefined }[]): void {
  const { importClause: clause } = node;
  const specifier = textOf(node.moduleSpecifier);
  if (clause?.isTypeOnly) return;
  const names: string[] = [];
  const bind = (local: string, name: string) => {
    imports.set(local, { specifier, name });
    names.push(local);
  };
  if (clause?.name) bind(clause.name.text, 'default');
  const bindings = clause?.namedBindings;
  if (bindings && ts.isNamespaceImport(bindings)) bind(bindings.name.text, '*');
  else for (const each of bindings?.elements ?? []) if (!each.isTypeOnly) bind(each.name.text, (each.propertyName ?? each.name).text);
  dependencies.push({ specifier, names: clause ? names : undefined });
}

function readExport(
  node: ts.ExportDeclaration, exports: Map<string, string | Imported>, stars: string[], dependencies: { specifier: string; names: string[] | undefined }[],
): void {
  if (node.isTypeOnly) return;
  const specifier = node.moduleSpecifier && textOf(node.moduleSpecifier);
  if (specifier !== undefined) dependencies.push({ specifier, names: undefined });
  const { exportClause: clause } = node;
  if (!clause) {
    if (specifier !== undefined) stars.push(specifier);
  } else if (ts.isNamespaceExport(clause)) exports.set(clause.name.text, { specifier: specifier ?? '', name: '*' });
  else {
    for (const { name, propertyName, isTypeOnly } of clause.elements) {
      const inner = (propertyName ?? name).text;
      if (!isTypeOnly) exports.set(name.text, specifier === undefined ? inner : { specifier, name: inner });
    }
  }
}

/** Names that a statement of the outermost scope declares as values. */
export function declaredNames(node: ts.Statement): string[] {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  const named = ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node);
  return named ? [node.name?.text ?? DEFAULT] : ts.isExportAssignment(node) ? [DEFAULT] : [];
}

function boundNames(name: ts.BindingName): string[] {
  return ts.isIdentifier(name) ? [name.text] : name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

function isExported(node: ts.Statement): boolean {
  return hasModifier(node, ts.SyntaxKind.ExportKeyword);
}

function isDefault(node: ts.Statement): boolean {
  return hasModifier(node, ts.SyntaxKind.DefaultKeyword);
}

function hasModifier(node: ts.Statement, kind: ts.SyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false);
}

const textOf = (node: ts.Expression): string => (ts.isStringLiteral(node) ? node.text : '');
