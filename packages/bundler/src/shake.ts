import { resolve } from 'node:path';
import { isFault } from '@beamline/core';
import { rollup, type RollupLog } from 'rollup';
import type { BundledModule } from './bundle.ts';
import { faultOf, type Finding } from './finding.ts';
import type { ModuleResolver } from './module-resolver.ts';
import { sha256 } from './release.ts';
import { relativeTo } from './root-path.ts';
import { stripPlugin } from './strip-plugin.ts';

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
  /** Largest first. */
  modules: BundledModule[];
}

/** Bundles with rollup as it shakes best. Every warning about a missing module or export becomes a Fault. */
export async function shakeModules({ entry, root, resolver, virtual, define }: RollupInput): Promise<Shaken> {
  const findings: Finding[] = [];
  const bundle = await rollup({
    input: entry,
    plugins: [stripPlugin({ resolver, virtual, define })],
    // What liveness of Lua holds as well: reading a property has no effect, and `try` guards nothing that is not called.
    treeshake: { preset: 'recommended', propertyReadSideEffects: false, tryCatchDeoptimization: false },
    onwarn: (warning) => {
      const finding = findingOf(warning, root);
      if (finding) findings.push(finding);
    },
  }).catch((error: RollupLog) => {
    throw isFault(error.cause) ? error.cause : faultOf([rollupError(error, root)]);
  });
  try {
    const { output: [chunk] } = await bundle.generate({ format: 'es', sourcemap: true, inlineDynamicImports: true, file: resolve(root, 'out.mjs') });
    if (findings.length > 0) throw faultOf(findings);
    const sources = (chunk.map?.sources ?? []).map((source) => resolve(root, source));
    const modules = Object.entries(chunk.modules).map(([id, { renderedLength }]): BundledModule => ({ path: relativeTo(root, id), bytes: renderedLength, ...(!virtual.has(id) && { sha256: sha256(resolver.files.read(id) ?? '') }) }))
      .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
    const map = `${JSON.stringify({ ...chunk.map, sourcesContent: undefined, sources: sources.map((source) => relativeTo(root, source)) })}\n`;
    return { code: chunk.code, map, modules };
  } finally {
    await bundle.close();
  }
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
