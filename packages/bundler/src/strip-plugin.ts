import { transform, type TransformFailure } from 'esbuild';
import type { Plugin } from 'rollup';
import type { ModuleResolver } from './module-resolver.ts';

export interface StripOptions {
  resolver: ModuleResolver;
  /** Modules that exist only in memory, by absolute path. */
  virtual: ReadonlyMap<string, string>;
  /** Identifiers replaced by constant expressions. */
  define: Readonly<Record<string, string>>;
}

/** Rollup plugin: TypeScript's resolution, esbuild's type stripping, JSON as a default export. */
export function stripPlugin({ resolver, virtual, define }: StripOptions): Plugin {
  return {
    name: 'beamline-strip',
    resolveId(specifier, importer) {
      if (importer === undefined || virtual.has(specifier)) return { id: specifier, moduleSideEffects: true };
      const id = kept(() => resolver.resolve(specifier, importer));
      return id === undefined ? null : { id, moduleSideEffects: resolver.hasSideEffects(id) };
    },
    load: (id) => virtual.get(id) ?? kept(() => resolver.files.read(id)),
    async transform(code, id) {
      if (id.endsWith('.json')) return { code: `export default ${code}`, map: { mappings: '' } };
      if (!/\.[mc]?tsx?$/.test(id)) return null;
      return transform(code, {
        loader: 'ts', sourcemap: 'external', sourcefile: id, target: 'esnext', define: { ...define },
        tsconfigRaw: { compilerOptions: { useDefineForClassFields: true } },
      }).then(({ code: plain, map }) => ({ code: plain, map })).catch((error: TransformFailure) => {
        const [first] = error.errors;
        return this.error({
          code: 'PARSE_ERROR', message: first?.text ?? error.message, id,
          ...(first?.location && { loc: { file: id, line: first.location.line, column: first.location.column } }),
        });
      });
    },
  };
}

/** Rollup writes its own code over that of what is thrown. */
function kept<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw new Error(String(cause), { cause });
  }
}
