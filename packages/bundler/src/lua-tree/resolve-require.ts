import { dirname, isAbsolute, join } from 'node:path';
import type { ModuleResolver } from '../module-resolver.ts';

export interface LuaResolverInput {
  entry: string;
  root: string;
  resolver: ModuleResolver;
}

/** Finds the file behind a name: one name means one file wherever it stands, unless it is written as a relative path. */
export function createLuaResolver({ entry, root, resolver }: LuaResolverInput): (specifier: string, importer: string) => string | undefined {
  return (specifier, importer) => {
    const given = resolver.plugged.resolve(specifier, importer);
    if (given !== undefined || isAbsolute(specifier)) return given ?? specifier;
    const plain = specifier.replace(/\.lua$/, '');
    const isPath = /^\.\.?\//.test(specifier);
    const path = isPath ? plain : plain.replaceAll('.', '/');
    const home = [dirname(entry), root];
    for (const folder of isPath ? [dirname(importer), ...home] : [...home, dirname(importer)]) {
      for (const suffix of ['.lua', '/init.lua', '.ts']) {
        const file = join(folder, `${path}${suffix}`);
        if (resolver.files.kind(file) === 'file') return file;
      }
    }
    const file = resolver.resolve(specifier, importer);
    return file !== undefined && /\.(?:[mc]?ts|json)$/.test(file) && !file.endsWith('.d.ts') ? file : undefined;
  };
}
