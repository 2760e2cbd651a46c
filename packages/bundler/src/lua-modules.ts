import { faultOf, type Finding } from './finding.ts';
import { copyNode } from './lua/copy-tree.ts';
import { foldConstants, propagateLiterals } from './lua/fold.ts';
import { programReferences } from './lua/references.ts';
import { bindScopes } from './lua/scope.ts';
import { parseLua, type CallExpression, type Statement } from './lua/tree.ts';
import { defineConstants } from './lua/define.ts';
import { isHostModule, matchesName, type LuaTreeTarget } from './lua-tree/host-modules.ts';
import { createLuaResolver } from './lua-tree/resolve-require.ts';
import { findPackageUses, type PackageUses } from './lua-tree/package-uses.ts';
import { findRequires } from './lua-tree/require-calls.ts';
import type { ModuleResolver } from './module-resolver.ts';
import { ownOrigin, type Sources } from './origins.ts';
import { relativeTo } from './root-path.ts';

/** A Lua file of the game, parsed and bound, with what its `require` calls mean. */
export interface LuaModule {
  file: string;
  name: string;
  body: Statement[];
  requires: Map<CallExpression, string>;
  /** Calls that ask for a module of the host, which is there before the bundle. */
  hostRequires: Set<CallExpression>;
  package: PackageUses;
  /** What the sources call it, in the order found. */
  specifiers: Set<string>;
}

export interface LuaModules {
  modules: LuaModule[];
  /** TypeScript files that Lua requires. */
  typescript: Set<string>;
}

export interface LoadInput {
  entry: string;
  /** Text in place of the entry's file. */
  source: string;
  root: string;
  resolver: ModuleResolver;
  sources: Sources;
  define?: Readonly<Record<string, string>>;
  /** Whose modules may be required without being found. @default 'lua' */
  host?: LuaTreeTarget;
  /** Names and patterns of further modules that the host has. */
  external?: readonly string[];
  /** Modules to load though nothing requires them, by name. */
  also?: readonly string[];
}

/** Loads a Lua file and all Lua that it requires outside branches that constants rule out, in the order found. */
export function loadLuaModules({ entry, source, root, resolver, sources, define = {}, host = 'lua', external = [], also = [] }: LoadInput): LuaModules {
  const modules = new Map<string, LuaModule>();
  const typescript = new Set<string>();
  const findings: Finding[] = [];
  const resolve = createLuaResolver({ entry, root, resolver });
  const queue = [entry];
  const reach = (target: string, specifier: string) => {
    if (!target.endsWith('.lua')) typescript.add(target);
    else if (!modules.has(target)) {
      modules.set(target, read(target, resolver.files.read(target) ?? ''));
      queue.push(target);
    }
    if (!specifier.startsWith('/')) modules.get(target)?.specifiers.add(specifier);
  };
  const read = (file: string, text: string): LuaModule => {
    const name = relativeTo(root, file);
    return { file, name, body: parseModule(text, name, sources.add(name, file === entry ? undefined : text), define), requires: new Map(), hostRequires: new Set(), package: { names: new Set(), itself: false, any: false, registers: false }, specifiers: new Set() };
  };
  modules.set(entry, read(entry, source));
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const module = modules.get(file) as LuaModule;
    const { body, calls, escapes } = findRequires(module.body);
    module.body = body;
    module.package = findPackageUses(body);
    const place = (at: CallExpression['at']) => ({ file: module.name, ...(at && { line: at.line, column: at.column + 1 }) });
    for (const at of escapes) findings.push({ code: 'bundler/dynamic-require', message: 'require is used as a value', hint: 'Call it with a string literal: the bundler must know the module.', ...place(at) });
    for (const { call, specifier, optional } of calls) {
      const target = specifier === undefined ? undefined : resolve(specifier, file);
      if (specifier === undefined) findings.push({ code: 'bundler/dynamic-require', message: 'require needs a string literal', hint: 'The bundler must know the module: choose between several with if.', ...place(call.at) });
      else if (target === entry) findings.push({ code: 'bundler/require-cycle', message: 'a module requires the entry, which is no module', hint: 'Move what both need into a module of its own.', ...place(call.at) });
      else if (target !== undefined) {
        module.requires.set(call, target);
        reach(target, specifier);
      } else if (optional || isHostModule(specifier, host) || matchesName(external, specifier)) module.hostRequires.add(call);
      else findings.push({ code: 'bundler/unresolved-import', message: `cannot find "${specifier}"`, hint: NOT_FOUND[host], ...place(call.at) });
    }
    if (file !== entry) continue;
    for (const specifier of also) {
      const target = resolve(specifier, entry);
      if (target !== undefined) reach(target, specifier);
      else findings.push({ code: 'bundler/unresolved-import', message: `cannot find the public module "${specifier}"`, hint: NOT_FOUND[host] });
    }
  }
  if (findings.length > 0) throw faultOf(findings);
  return { modules: [...modules.values()], typescript };
}

const PLACES = "Modules are looked up from the entry's folder, then from the project's root, then beside the file, then as packages.";
const NOT_FOUND: Readonly<Record<LuaTreeTarget, string>> = {
  lua: `${PLACES} What the process has by itself must be named as external.`,
  aos: `${PLACES} What the process has beyond aos' own modules must be named as external.`,
};

function parseModule(code: string, name: string, source: number, define: Readonly<Record<string, string>>): Statement[] {
  try {
    const body = parseLua(code, ownOrigin(source));
    bindScopes(body, () => undefined);
    const defined = defineConstants(body, define);
    // What was found out about units holds for good, and these are changed yet.
    return foldConstants(propagateLiterals(defined, new Set(), programReferences(defined)).map(copyNode));
  } catch (error) {
    const { line, column, message } = error as { line?: number; column?: number; message: string };
    if (line === undefined) throw error;
    throw faultOf([{
      code: 'bundler/syntax-error', message: message.replace(/^\[\d+:\d+\] /, ''), file: name, line, ...(column !== undefined && { column: column + 1 }),
    }]);
  }
}
