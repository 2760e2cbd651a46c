import type ts from 'typescript';
import type { ModuleResolver } from '../module-resolver.ts';
import { moduleFile } from '../ts-program.ts';
import { createLinks, type Links } from '../ts-links.ts';
import { findLiveCode, type Liveness } from './live-code.ts';
import { createModuleGraph, type ModuleGraph } from './module-graph.ts';

export interface LiveInput {
  entry: string;
  resolver: ModuleResolver;
  virtual: ReadonlyMap<string, string>;
  define: Readonly<Record<string, string>>;
}

export interface LiveProgram extends Liveness {
  main: ts.SourceFile;
  graph: ModuleGraph;
  links: Links;
}

/** What of a program its entry needs, and how that hangs together. */
export function liveProgram(program: ts.Program, { entry, resolver, virtual, define }: LiveInput): LiveProgram {
  program.getTypeChecker(); // leaves the scopes on the trees
  const main = program.getSourceFile(entry);
  if (!main) throw new TypeError(`${entry} is not in its own program`);
  const graph = createModuleGraph(program, (specifier, importer) => moduleFile(specifier, importer, { virtual, resolver }));
  const live = findLiveCode({ program, graph, entry: main, hasSideEffects: (file) => resolver.hasSideEffects(file), define });
  return { main, graph, links: createLinks(program, graph), ...live };
}
