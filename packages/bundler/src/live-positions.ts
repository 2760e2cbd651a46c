import { decode } from '@jridgewell/sourcemap-codec';
import { resolve } from 'node:path';
import { rollup, type RollupLog } from 'rollup';
import type { Finding } from './finding.ts';
import { faultOf } from './finding.ts';
import type { ModuleResolver } from './module-resolver.ts';
import { stripPlugin } from './strip-plugin.ts';

/** Where live code came from, per file: ascending `line * LINE + column`, both from 0. */
export type LivePositions = ReadonlyMap<string, readonly number[]>;

/** Columns per line in a position's number; no source has longer lines. */
export const LINE = 1e6;

export interface RollupInput {
  entry: string;
  root: string;
  resolver: ModuleResolver;
  virtual: ReadonlyMap<string, string>;
  define: Readonly<Record<string, string>>;
}

export interface Shaken {
  code: string;
  /** Version 3 source map as JSON, sources relative to the root. */
  map: string;
  positions: LivePositions;
  /** Bytes by source, largest first. */
  modules: { path: string; bytes: number }[];
}

/** Bundles with rollup as it shakes best; every warning about a missing module or export becomes a Fault. */
export async function shakeModules({ entry, root, resolver, virtual, define }: RollupInput): Promise<Shaken> {
  const findings: Finding[] = [];
  const bundle = await rollup({
    input: entry,
    plugins: [stripPlugin({ resolver, virtual, define })],
    treeshake: { preset: 'recommended' },
    onwarn: (warning) => {
      const finding = findingOf(warning, root);
      if (finding) findings.push(finding);
    },
  }).catch((error: RollupLog) => {
    throw faultOf([rollupError(error, root)]);
  });
  try {
    const { output: [chunk] } = await bundle.generate({ format: 'es', sourcemap: true, inlineDynamicImports: true, file: resolve(root, 'out.mjs') });
    if (findings.length > 0) throw faultOf(findings);
    const positions = new Map<string, number[]>();
    const sources = (chunk.map?.sources ?? []).map((source) => resolve(root, source));
    for (const line of decode(chunk.map?.mappings ?? '')) {
      for (const segment of line) {
        if (segment.length === 1) continue;
        const source = sources[segment[1]] ?? '';
        const list = positions.get(source) ?? [];
        positions.set(source, list);
        list.push(segment[2] * LINE + segment[3]);
      }
    }
    for (const list of positions.values()) list.sort((a, b) => a - b);
    const modules = Object.entries(chunk.modules).map(([id, { renderedLength }]) => ({ path: relativeTo(root, id), bytes: renderedLength }))
      .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
    const map = `${JSON.stringify({ ...chunk.map, sourcesContent: undefined, sources: sources.map((source) => relativeTo(root, source)) })}\n`;
    return { code: chunk.code, map, positions, modules };
  } finally {
    await bundle.close();
  }
}

/** True when something live starts within [from, to). */
export function isLiveBetween(positions: readonly number[] | undefined, from: number, to: number): boolean {
  if (!positions) return false;
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((positions[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return (positions[low] ?? Infinity) < to;
}

function findingOf(warning: RollupLog, root: string): Finding | undefined {
  if (warning.code === 'UNRESOLVED_IMPORT') {
    return {
      code: 'bundler/unresolved-import', message: `cannot find ${warning.exporter ?? 'a module'}`,
      hint: 'Check the path, or install the package and list it in package.json.', ...placeOf(warning, root),
    };
  }
  if (warning.code === 'MISSING_EXPORT') return { code: 'bundler/unresolved-import', message: warning.message, ...placeOf(warning, root) };
  return undefined;
}

function rollupError(error: RollupLog, root: string): Finding {
  const missing = error.code === 'UNRESOLVED_IMPORT' || error.code === 'MISSING_EXPORT' || error.code === 'UNLOADABLE_DEPENDENCY' || error.code === 'UNRESOLVED_ENTRY';
  return {
    code: missing ? 'bundler/unresolved-import' : 'bundler/syntax-error',
    message: error.message.replaceAll(`${root}/`, ''),
    ...placeOf(error, root),
  };
}

function placeOf(log: RollupLog, root: string): Pick<Finding, 'file' | 'line' | 'column'> {
  const file = log.loc?.file ?? log.id;
  return {
    ...(file !== undefined && { file: relativeTo(root, file) }),
    ...(log.loc && { line: log.loc.line, column: log.loc.column + 1 }),
  };
}

/** Reproducible: the same name in any checkout. */
export function relativeTo(root: string, file: string): string {
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}
