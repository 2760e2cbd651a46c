import { dirname, join } from 'node:path';
import ts from 'typescript';
import { createFiles, type FilesView } from './files.ts';
import { plugFiles, type PluggedFiles } from './plugged-files.ts';
import type { Plugin } from './plugin.ts';

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
  /** Through which everything is read and looked for, as plugins show it. */
  files: FilesView;
  plugged: Pick<PluggedFiles, 'resolve' | 'renderLua'>;
}

export interface ResolverOptions {
  /** @default new ones */
  files?: FilesView;
  /** @default [] */
  plugins?: readonly Plugin[];
  /** What messages of plugins name files relative to. */
  root?: string;
}

const bundlerHome = import.meta.filename;

/** TypeScript's own resolution, with the conditions that lead workspace packages and `#target` to their sources. */
export function createModuleResolver(target: Target, { files = createFiles().view(), plugins = [], root = '/' }: ResolverOptions = {}): ModuleResolver {
  const plugged = plugFiles(plugins, root, files);
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    customConditions: target === 'lua' ? ['lua', '@beamline/source'] : ['@beamline/source'],
    allowImportingTsExtensions: true,
    resolveJsonModule: true,
    preserveSymlinks: false,
  };
  const host: ts.ModuleResolutionHost = {
    fileExists: (path) => files.kind(path) === 'file',
    directoryExists: (path) => files.kind(path) === 'folder',
    readFile: (path) => files.read(path),
    ...(ts.sys.realpath && { realpath: ts.sys.realpath }),
  };
  const cache = ts.createModuleResolutionCache('/', (name) => name, options);
  const lookUp = (specifier: string, importer: string) =>
    ts.resolveModuleName(specifier, importer, options, host, cache).resolvedModule?.resolvedFileName;
  const found = new Map<string, string | undefined>();
  const find = (specifier: string, importer: string): string | undefined => {
    const key = `${dirname(importer)}\0${specifier}`;
    // A game that doesn't list the kernel among its dependencies gets the bundler's.
    if (!found.has(key)) found.set(key, plugged.resolve(specifier, importer) ?? lookUp(specifier, importer) ?? (specifier.startsWith('@beamline/') ? lookUp(specifier, bundlerHome) : undefined));
    return found.get(key);
  };
  const manifests = new Map<string, Manifest | undefined>();
  const nearest = (file: string): { folder: string; manifest: Manifest } => {
    for (let folder = dirname(file); ; folder = dirname(folder)) {
      if (!manifests.has(folder)) manifests.set(folder, parseManifest(files.read(join(folder, 'package.json'))));
      const manifest = manifests.get(folder);
      if (manifest || folder === dirname(folder)) return { folder, manifest: manifest ?? {} };
    }
  };

  return {
    options,
    files: plugged.files,
    plugged,
    resolve: find,
    hasSideEffects: (file) => nearest(file).manifest.sideEffects !== false,
    packageOf: (file) => nearest(file).folder,
  };
}

interface Manifest {
  sideEffects?: unknown;
}

function parseManifest(text: string | undefined): Manifest | undefined {
  try {
    return text === undefined ? undefined : JSON.parse(text) as Manifest;
  } catch {
    return undefined;
  }
}
