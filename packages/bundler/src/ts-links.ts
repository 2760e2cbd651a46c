import ts from 'typescript';

/** One export of one file, where it is declared: re-exports and barrels are already followed. */
export interface ExportRef {
  file: string;
  /** Export name; `*` stands for the module's namespace. */
  name: string;
}

/** How names and files of a typed program hang together. */
export interface Links {
  /** What the imported local names of a file mean. */
  imports(file: ts.SourceFile): ReadonlyMap<string, ExportRef>;
  /** The declaring file's export behind `name` of `file`, or undefined for types and unknown names. */
  exportOf(file: string, name: string): ExportRef | undefined;
  /** Names a file exports as values, re-exports included. */
  exportNames(file: string): string[];
  /** Statements like `export default x` that make a symbol visible under an export's name. */
  exposing(symbol: ts.Symbol): ts.Node | undefined;
  /** Files a file imports or re-exports from, in order, types excluded. */
  dependencies(file: ts.SourceFile): ts.SourceFile[];
}

export function createLinks(program: ts.Program): Links {
  const checker = program.getTypeChecker();
  const moduleSymbol = (file: ts.SourceFile | undefined) => file && checker.getSymbolAtLocation(file);

  const targetFile = (specifier: ts.Node | undefined): ts.SourceFile | undefined => {
    const symbol = specifier && checker.getSymbolAtLocation(specifier);
    const declaration = symbol?.declarations?.find(ts.isSourceFile);
    return declaration?.isDeclarationFile ? undefined : declaration;
  };
  const resolved = (symbol: ts.Symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
  const isValue = (symbol: ts.Symbol) => (resolved(symbol).flags & ts.SymbolFlags.Value) !== 0;

  const published = (symbol: ts.Symbol): { file: ts.SourceFile; entry: ts.Symbol } | undefined => {
    const file = symbol.declarations?.[0]?.getSourceFile();
    const module = moduleSymbol(file);
    if (!file || !module) return undefined;
    const entries = checker.getExportsOfModule(module);
    const entry = entries.find((candidate) => candidate === symbol) ?? entries.find((candidate) => resolved(candidate) === symbol);
    return entry && { file, entry };
  };
  const refOf = (symbol: ts.Symbol): ExportRef | undefined => {
    const target = resolved(symbol);
    const namespace = target.declarations?.find(ts.isSourceFile);
    if (namespace) return isJson(namespace) ? { file: namespace.fileName, name: 'default' } : { file: namespace.fileName, name: '*' };
    if (!isValue(target)) return undefined;
    const place = published(target);
    return place && { file: place.file.fileName, name: place.entry.name };
  };
  const bindings = (clause: ts.ImportClause): (ts.ImportClause | ts.NamespaceImport | ts.ImportSpecifier)[] => [
    ...(clause.name ? [clause] : []),
    ...(clause.namedBindings ? (ts.isNamespaceImport(clause.namedBindings) ? [clause.namedBindings] : clause.namedBindings.elements) : []),
  ];

  return {
    imports(file) {
      const names = new Map<string, ExportRef>();
      for (const statement of file.statements) {
        if (!ts.isImportDeclaration(statement) || !statement.importClause) continue;
        const json = targetFile(statement.moduleSpecifier);
        for (const binding of bindings(statement.importClause)) {
          const symbol = binding.name && checker.getSymbolAtLocation(binding.name);
          const ref = json && isJson(json) ? { file: json.fileName, name: 'default' } : symbol && refOf(symbol);
          if (binding.name && ref) names.set(binding.name.text, ref);
        }
      }
      return names;
    },
    exportOf(file, name) {
      const module = moduleSymbol(program.getSourceFile(file));
      const symbol = module && checker.getExportsOfModule(module).find((candidate) => candidate.name === name);
      return symbol && refOf(symbol);
    },
    exportNames(file) {
      const module = moduleSymbol(program.getSourceFile(file));
      return module ? checker.getExportsOfModule(module).filter(isValue).map((symbol) => symbol.name) : [];
    },
    exposing(symbol) {
      const entry = published(resolved(symbol))?.entry;
      return entry?.declarations?.find((declaration) => ts.isExportAssignment(declaration));
    },
    dependencies(file) {
      const found: ts.SourceFile[] = [];
      for (const statement of file.statements) {
        if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
        if (ts.isImportDeclaration(statement) ? statement.importClause?.isTypeOnly : statement.isTypeOnly) continue;
        const target = targetFile(statement.moduleSpecifier);
        if (target) found.push(target);
      }
      return found;
    },
  };
}

export function isJson(file: ts.SourceFile): boolean {
  return (file.flags & ts.NodeFlags.JsonFile) !== 0;
}
