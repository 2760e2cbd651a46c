import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { encode, type SourceMapMappings } from '@jridgewell/sourcemap-codec';
import type { Bundle } from './bundle.ts';
import type { Statement, Variable } from './lua/tree.ts';
import { ref } from './lua/build.ts';
import { printLua, type Printed } from './lua/print.ts';
import { nameVariables } from './lua/rename.ts';
import { shrinkLua } from './lua/shrink.ts';
import { walk } from './lua/walk.ts';

export interface AssembleInput {
  modules: readonly { file: string; body: Statement[] }[];
  shared: ReadonlySet<Variable>;
  minify: boolean;
}

/** All modules in one program: shared variables first, then each module in a block of its own. */
export function assembleLua({ modules, shared, minify }: AssembleInput): Printed {
  const blocks: Statement[] = modules.map(({ body }) => ({ type: 'DoStatement', body }));
  const shrunk = shrinkLua(blocks, shared).filter((node) => node.type !== 'DoStatement' || node.body.length > 0);
  const mentioned = new Set<Variable>();
  walk(shrunk, (node) => {
    if (node.type === 'Identifier' && node.variable && shared.has(node.variable)) mentioned.add(node.variable);
  });
  const program: Statement[] = [...declare([...mentioned]), ...shrunk];
  nameVariables(program, { minify });
  return printLua(program, { minify });
}

function declare(variables: readonly Variable[]): Statement[] {
  return variables.length === 0 ? [] : [{ type: 'LocalStatement', variables: variables.map(ref), init: [] }];
}

/** Hashes and measures printed code. */
export function finishBundle(role: string, target: 'lua' | 'js', code: string, map: string, modules: Bundle['modules'], warnings: string[]): Bundle {
  return {
    role, target, code, map,
    sha256: createHash('sha256').update(code).digest('hex'),
    bytes: Buffer.byteLength(code),
    gzipBytes: gzipSync(code, { level: 9 }).length,
    modules, warnings,
  };
}

/** Version 3 source map; sources are relative to the project's root. */
export function sourceMapOf(file: string, { positions }: Printed, sources: readonly string[]): string {
  const lines: SourceMapMappings = [];
  for (const { line, column, at } of positions) {
    while (lines.length <= line) lines.push([]);
    lines[line]?.push([column, at.source, at.line - 1, at.column]);
  }
  return `${JSON.stringify({ version: 3, file, sources, names: [], mappings: encode(lines) })}\n`;
}

/** Largest first: what costs what. */
export function moduleSizes({ bytes }: Printed, sources: readonly string[]): Bundle['modules'] {
  return [...bytes].map(([source, size]) => ({ path: sources[source] ?? '', bytes: size }))
    .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
}
