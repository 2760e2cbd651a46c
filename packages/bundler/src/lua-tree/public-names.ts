import { dirname, relative } from 'node:path';
import type { LuaModule } from '../lua-modules.ts';
import { matchesName } from './host-modules.ts';

export interface PublishInput {
  entry: string;
  root: string;
  /** Names and patterns. */
  publish: readonly string[];
}

/**
 * The run-time names of modules that must be reachable by name: those that are published and those that the sources name
 * in `package.loaded` or `package.preload`. The first is the module's own, the others are all that the sources call it.
 */
export function publicNames(modules: readonly LuaModule[], { entry, root, publish }: PublishInput): (module: LuaModule) => readonly string[] | undefined {
  const named = new Set(modules.flatMap((module) => [...module.package.names]));
  const isAny = modules.some((module) => module.package.any);
  const owners = new Map<string, number>();
  for (const { specifiers } of modules) for (const name of specifiers) owners.set(name, (owners.get(name) ?? 0) + 1);

  const known = new Map(modules.slice(1).map((module): [LuaModule, string[] | undefined] => {
    // A relative path may mean one file here and another there.
    const given = [...module.specifiers].filter((name) => owners.get(name) === 1);
    const own = given.find((name) => !name.includes('/')) ?? dottedName(module.file, entry, root);
    const names = [own, ...given.filter((name) => name !== own)];
    const isPublic = isAny || module.package.itself || names.some((name) => named.has(name) || matchesName(publish, name));
    return [module, isPublic ? names : undefined];
  }));
  return (module) => known.get(module);
}

/** `lib/coins.lua` → `lib.coins`, from the entry's folder where it lies there. */
function dottedName(file: string, entry: string, root: string): string {
  const inside = relative(dirname(entry), file);
  return (inside.startsWith('..') ? relative(root, file) : inside).replace(/(?:\/init)?\.lua$/, '').replaceAll('/', '.');
}
