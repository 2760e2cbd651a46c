import ts from 'typescript';
import { DEFAULT, declaredNames, moduleTable, type Imported } from './module-table.ts';

/** A name of a module's outermost scope, where it is declared; `*` stands for all that the module exports. One object each. */
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
  const modules = new Map<ts.SourceFile, Known>();
  const knownOf = (file: ts.SourceFile): Known => {
    let known = modules.get(file);
    if (!known) modules.set(file, known = { targets: new Map(), places: new Map(), locals: new Map(), exports: new Map() });
    return known;
  };
  /** The same object for the same place. */
  const placeAt = (file: ts.SourceFile, name: string): Place => {
    const { places } = knownOf(file);
    let place = places.get(name);
    if (!place) places.set(name, place = { file, name });
    return place;
  };

  const target = (specifier: string, importer: ts.SourceFile): ts.SourceFile | undefined => {
    const { targets } = knownOf(importer);
    if (!targets.has(specifier)) {
      const path = resolve(specifier, importer.fileName);
      const file = path === undefined ? undefined : program.getSourceFile(path);
      targets.set(specifier, file?.isDeclarationFile ? undefined : file);
    }
    return targets.get(specifier);
  };
  const through = ({ specifier, name }: Imported, importer: ts.SourceFile, seen: Set<Place>): Place | undefined => {
    const file = target(specifier, importer);
    return file && (isJson(file) ? placeAt(file, DEFAULT) : name === '*' ? placeAt(file, '*') : find(file, name, seen));
  };
  const local = (file: ts.SourceFile, name: string, seen: Set<Place>): Place | undefined => {
    const imported = moduleTable(file).imports.get(name);
    if (imported) return through(imported, file, seen);
    return statementsByName(file).has(name) ? placeAt(file, name) : undefined;
  };
  // Cycles of `export *` are legal: each module is asked once for a name.
  const find = (file: ts.SourceFile, name: string, seen: Set<Place>): Place | undefined => {
    const { exports: known } = knownOf(file);
    if (known.has(name)) return known.get(name);
    const asked = placeAt(file, name);
    if (seen.has(asked)) return undefined;
    seen.add(asked);
    const table = moduleTable(file);
    const own = table.exports.get(name);
    let found = typeof own === 'string' ? local(file, own, seen) : own && through(own, file, seen);
    if (own === undefined && name !== DEFAULT) {
      for (const specifier of table.stars) {
        const next = target(specifier, file);
        found ??= next && find(next, name, seen);
      }
    }
    if (found || seen.size === 1) known.set(name, found);
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
    place(file, name) {
      const { locals } = knownOf(file);
      if (!locals.has(name)) locals.set(name, local(file, name, new Set()));
      return locals.get(name);
    },
    exported: (file, name) => find(file, name, new Set()),
    exportNames: (file) => [...new Set(exportNames(file, new Set()))],
    declarations: ({ file, name }) => statementsByName(file).get(name) ?? [],
  };
}

/** What was found out about one module: where imports lead, and what its names stand for inside and outside. */
interface Known {
  targets: Map<string, ts.SourceFile | undefined>;
  places: Map<string, Place>;
  locals: Map<string, Place | undefined>;
  exports: Map<string, Place | undefined>;
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
