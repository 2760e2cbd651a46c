import { resolve } from 'node:path';
import ts from 'typescript';
import { loadLuaModules } from '../lua-modules.ts';
import { createModuleResolver, type Target } from '../module-resolver.ts';
import { createSources } from '../origins.ts';
import type { Plugin } from '../plugin.ts';
import { relativeTo } from '../root-path.ts';
import { luaFacts, luaRoleParts } from './lua-facts.ts';
import type { ModuleFacts, RolePart, SourceGraph } from './module-facts.ts';
import { typescriptFacts } from './ts-facts.ts';
import { typescriptRoleParts } from './ts-role-parts.ts';

export interface GraphInput {
  /** The role's module, relative to `root` or absolute. */
  entry: string;
  root: string;
  target: Target;
  /** @default [] */
  plugins?: readonly Plugin[];
}

/** Reads a role's module and all that it imports, by syntax alone: no types, no evaluation. The sources have built before. */
export function readSourceGraph({ entry: given, root: folder, target, plugins = [] }: GraphInput): SourceGraph {
  const root = resolve(folder);
  const entry = resolve(root, given);
  const resolver = createModuleResolver(target, { plugins, root });
  const modules = new Map<string, ModuleFacts>();
  const sources = new Map<string, ts.SourceFile>();
  const nameOf = (file: string) => relativeTo(root, file);
  const queue: string[] = [];
  let parts: readonly RolePart[] = [];

  const readTypeScript = (file: string): void => {
    const path = nameOf(file);
    if (modules.has(path)) return;
    const text = resolver.files.read(file) ?? '';
    if (file.endsWith('.json')) {
      const end = [text.split('\n').length + 1, 0] as const;
      modules.set(path, {
        path, imports: [], names: new Map(), exports: new Map([['default', 'default']]), stars: [], json: JSON.parse(text) as unknown,
        declarations: [{ name: 'default', start: [1, 0], end, mentions: [], members: [], effect: false }],
      });
      return;
    }
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
    sources.set(path, source);
    modules.set(path, typescriptFacts(path, source, (specifier) => {
      const found = resolver.resolve(specifier, file);
      if (found === undefined || found.endsWith('.d.ts')) return undefined;
      queue.push(found);
      return nameOf(found);
    }));
  };
  const drain = () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) readTypeScript(file);
  };

  if (entry.endsWith('.lua')) {
    const loaded = loadLuaModules({ entry, source: resolver.files.read(entry) ?? '', root, resolver, sources: createSources() });
    for (const module of loaded.modules) modules.set(module.name, luaFacts(module, nameOf));
    parts = loaded.modules[0] ? luaRoleParts(loaded.modules[0]) : [];
    queue.push(...loaded.typescript);
  } else queue.push(entry);
  const kernel = resolver.resolve('@beamline/kernel', entry);
  if (kernel !== undefined) queue.push(kernel);
  drain();

  const open = (path: string) => {
    const [facts, source] = [modules.get(path), sources.get(path)];
    return facts && source ? { facts, source } : undefined;
  };
  const main = open(nameOf(entry));
  if (main) parts = typescriptRoleParts(main.facts, main.source, open);
  return { entry: nameOf(entry), kernel: kernel === undefined ? undefined : nameOf(kernel), modules, parts };
}
