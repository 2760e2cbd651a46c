import type ts from 'typescript';
import type { ModuleGraph, Place } from './liveness/module-graph.ts';
import { moduleTable } from './liveness/module-table.ts';

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
  /** Files a file imports or re-exports from, in order, types excluded. */
  dependencies(file: ts.SourceFile): ts.SourceFile[];
}

export function createLinks(program: ts.Program, graph: ModuleGraph): Links {
  const published = new Map<ts.SourceFile, ReadonlyMap<string, string>>();
  const refOf = (place: Place | undefined): ExportRef | undefined => {
    if (!place) return undefined;
    const { file, name } = place;
    if (name === '*') return { file: file.fileName, name };
    const names = published.get(file) ?? exportsByLocal(file);
    published.set(file, names);
    const exported = names.get(name);
    return exported === undefined ? undefined : { file: file.fileName, name: exported };
  };
  const exportOf = (path: string, name: string): ExportRef | undefined => {
    const file = program.getSourceFile(path);
    return file && refOf(graph.exported(file, name));
  };
  return {
    imports(file) {
      const found = [...moduleTable(file).imports.keys()].map((name) => [name, refOf(graph.place(file, name))] as const);
      return new Map(found.flatMap(([name, ref]) => (ref ? [[name, ref] as const] : [])));
    },
    exportOf,
    exportNames(path) {
      const file = program.getSourceFile(path);
      return file ? graph.exportNames(file).filter((name) => exportOf(path, name)) : [];
    },
    dependencies: (file) => moduleTable(file).dependencies.flatMap(({ specifier }) => graph.target(specifier, file) ?? []),
  };
}

/** Under which name a module exports what it declares: its own where it can, else the first given. */
function exportsByLocal(file: ts.SourceFile): ReadonlyMap<string, string> {
  const names = new Map<string, string>([['default', 'default']]);
  for (const [exported, local] of moduleTable(file).exports) {
    if (typeof local === 'string' && (exported === local || !names.has(local))) names.set(local, exported);
  }
  return names;
}
