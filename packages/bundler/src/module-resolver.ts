import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

export type Target = 'lua' | 'js';

/** What both compilers agree on: which file an import means. */
export interface ModuleResolver {
  /** Absolute path, or undefined when nothing matches. */
  resolve(specifier: string, importer: string): string | undefined;
  /** False when the file's package declares `sideEffects: false`: unused, its modules vanish. */
  hasSideEffects(file: string): boolean;
  /** Folder of the nearest package.json. */
  packageOf(file: string): string;
  options: ts.CompilerOptions;
}

const bundlerHome = import.meta.filename;

/** TypeScript's own resolution, with the conditions that lead workspace packages and `#target` to their sources. */
export function createModuleResolver(target: Target): ModuleResolver {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: target === 'lua' ? ['lua', '@beamline/source'] : ['@beamline/source'],
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    preserveSymlinks: false,
  };
  const cache = ts.createModuleResolutionCache('/', (name) => name, options);
  const lookUp = (specifier: string, importer: string) =>
    ts.resolveModuleName(specifier, importer, options, ts.sys, cache).resolvedModule?.resolvedFileName;
  const manifests = new Map<string, Manifest | undefined>();
  const nearest = (file: string): { folder: string; manifest: Manifest } => {
    for (let folder = dirname(file); ; folder = dirname(folder)) {
      if (!manifests.has(folder)) manifests.set(folder, readManifest(folder));
      const manifest = manifests.get(folder);
      if (manifest || folder === dirname(folder)) return { folder, manifest: manifest ?? {} };
    }
  };

  return {
    options,
    resolve: (specifier, importer) =>
      // A game that doesn't list the kernel among its dependencies gets the bundler's.
      lookUp(specifier, importer) ?? (specifier.startsWith('@beamline/') ? lookUp(specifier, bundlerHome) : undefined),
    hasSideEffects: (file) => nearest(file).manifest.sideEffects !== false,
    packageOf: (file) => nearest(file).folder,
  };
}

interface Manifest {
  sideEffects?: unknown;
}

function readManifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}
