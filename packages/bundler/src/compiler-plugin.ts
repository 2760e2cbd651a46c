import { dirname, extname } from 'node:path';
import type { Loader, Plugin } from 'esbuild';
import type { ModuleResolver } from './module-resolver.ts';

/** esbuild plugin: the files that plugins lead to, and their texts. */
export function compilerPlugin({ files, plugged }: Pick<ModuleResolver, 'files' | 'plugged'>): Plugin {
  return {
    name: 'beamline-plugins',
    setup(build) {
      build.onResolve({ filter: /./ }, ({ path, importer }) => {
        const file = plugged.resolve(path, importer);
        return file === undefined ? undefined : { path: file };
      });
      build.onLoad({ filter: /\.(?:[mc]?[jt]sx?|json)$/ }, ({ path }) => {
        const contents = files.read(path);
        return contents === undefined ? undefined : { contents, loader: loaderOf(path), resolveDir: dirname(path) };
      });
    },
  };
}

const loaderOf = (path: string): Loader => extname(path).replace(/^\.[mc]?/, '') as Loader;
