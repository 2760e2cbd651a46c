import ts from 'typescript';
import { DEFAULT, declaredNames, moduleTable, type Imported } from './module-table.ts';

/** A name of a module's outermost scope, where it is declared; `*` stands for all that the module exports. */
export interface Place {
  file: ts.SourceFile;
  name: string;
}

/** How the modules of a program hang together: by their syntax and the files that imports lead to, without types. */
export interface ModuleGraph {
  /** The module that an import leads to; undefined for declaration files and what is not there. */
  target(specifier: string, importer: ts.SourceFile): ts.SourceFile | undefined;
  /** Where a name of a module's outermost scope is declared, through imports. */
  place(file: ts.SourceFile, name: string): Place | undefined;
  /** Where what a module exports under a name is declared, through re-exports. */
  exported(file: ts.SourceFile, name: string): Place | undefined;
  /** Every name that a module exports, re-exports included. */
  exportNames(file: ts.SourceFile): string[];
  /** The statements that declare an outermost name as a value. */
  declarations(place: Place): readonly ts.Statement[];
}

export function createModuleGraph(program: ts.Program, resolve: (specifier: string, importer: string) => string | undefined): ModuleGraph {
  const targets = new Map<string, ts.SourceFile | undefined>();
  const known = new Map<string, Place | undefined>();

  const target = (specifier: string, importer: ts.SourceFile): ts.SourceFile | undefined => {
    const key = `${importer.fileName}\0${specifier}`;
    if (!targets.has(key)) {
      const path = resolve(specifier, importer.fileName);
      const file = path === undefined ? undefined : program.getSourceFile(path);
      targets.set(key, file?.isDeclarationFile ? undefined : file);
    }
    return targets.get(key);
  };
  const through = ({ specifier, name }: Imported, importer: ts.SourceFile, seen: Set<string>): Place | undefined => {
    const file = target(specifier, importer);
    return file && (isJson(file) ? { file, name: DEFAULT } : name === '*' ? { file, name: '*' } : find(file, name, seen));
  };
  const local = (file: ts.SourceFile, name: string, seen: Set<string>): Place | undefined => {
    const imported = moduleTable(file).imports.get(name);
    if (imported) return through(imported, file, seen);
    return statementsByName(file).has(name) ? { file, name } : undefined;
  };
  // Cycles of `export *` are legal: each module is asked once for a name.
  const find = (file: ts.SourceFile, name: string, seen: Set<string>): Place | undefined => {
    const key = `${file.fileName}\0${name}`;
    if (known.has(key)) return known.get(key);
    if (seen.has(key)) return undefined;
    seen.add(key);
    const table = moduleTable(file);
    const own = table.exports.get(name);
    let found = typeof own === 'string' ? local(file, own, seen) : own && through(own, file, seen);
    if (own === undefined && name !== DEFAULT) {
      for (const specifier of table.stars) {
        const next = target(specifier, file);
        found ??= next && find(next, name, seen);
      }
    }
    if (found || seen.size === 1) known.set(key, found);
    return found;
  };
  const exportNames = (file: ts.SourceFile, seen: Set<ts.SourceFile>): string[] => {
    if (seen.has(file)) return [];
    seen.add(file);
    const { exports, stars } = moduleTable(file);
    return [...exports.keys(), ...stars.flatMap((specifier) => {
      const next = target(specifier, file);
      return next ? exportNames(next, seen).filter((name) => name !== DEFAULT) : [];
    })];
  };

  return {
    target,
    place: (file, name) => local(file, name, new Set()),
    exported: (file, name) => find(file, name, new Set()),
    exportNames: (file) => [...new Set(exportNames(file, new Set()))],
    declarations: ({ file, name }) => statementsByName(file).get(name) ?? [],
  };
}

const statements = new WeakMap<ts.SourceFile, ReadonlyMap<string, readonly ts.Statement[]>>();

function statementsByName(file: ts.SourceFile): ReadonlyMap<string, readonly ts.Statement[]> {
  let known = statements.get(file);
  if (!known) {
    const found = new Map<string, ts.Statement[]>();
    for (const statement of file.statements) {
      for (const name of declaredNames(statement)) found.set(name, [...(found.get(name) ?? []), statement]);
    }
    known = found;
    statements.set(file, known);
  }
  return known;
}

export function isJson(file: ts.SourceFile): boolean {
  return (file.flags & ts.NodeFlags.JsonFile) !== 0;
}
