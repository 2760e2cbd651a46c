import type { Declaration, ModuleFacts, SourceGraph } from './module-facts.ts';
import type { Slice } from './slices.ts';

/** A declaration and the bytes that a bundle has of it. */
export interface SizedDeclaration {
  module: string;
  declaration: Declaration;
  bytes: number;
}

/** Bytes of every declaration, by module; what is mapped between two declarations belongs to the one before. */
export function sizeDeclarations(graph: SourceGraph, slices: readonly Slice[]): ReadonlyMap<string, SizedDeclaration[]> {
  const sized = new Map([...graph.modules].map(([module, facts]) => [module, sortedDeclarations(facts).map((declaration) => ({ module, declaration, bytes: 0 }))]));
  for (const { path, line, column, text } of slices) {
    const found = sized.get(path)?.findLast(({ declaration: { start } }) => isBefore(start, [line, column])) ?? sized.get(path)?.[0];
    if (found) found.bytes += text.length;
  }
  return sized;
}

/** Bytes of a stretch of a module. */
export function bytesWithin(slices: readonly Slice[], path: string, start: Declaration['start'], end: Declaration['end']): number {
  return slices.filter((slice) => slice.path === path && isBefore(start, [slice.line, slice.column]) && !isBefore(end, [slice.line, slice.column]))
    .reduce((sum, { text }) => sum + text.length, 0);
}

function sortedDeclarations({ declarations }: ModuleFacts): Declaration[] {
  return [...declarations].sort((a, b) => a.start[0] - b.start[0] || a.start[1] - b.start[1]);
}

const isBefore = (a: readonly [number, number], b: readonly [number, number]): boolean => a[0] < b[0] || (a[0] === b[0] && a[1] <= b[1]);
