import { dirname, isAbsolute, join } from 'node:path';
import { faultOf, type Finding } from './finding.ts';
import { relativeTo } from './root-path.ts';
import { bindScopes } from './lua/scope.ts';
import { parseLua, type CallExpression, type Statement } from './lua/tree.ts';
import { walk } from './lua/walk.ts';
import type { ModuleResolver } from './module-resolver.ts';
import { ownOrigin, type Sources } from './origins.ts';

/** A Lua file of the game, parsed and bound, with what its `require` calls mean. */
export interface LuaModule {
  file: string;
  name: string;
  body: Statement[];
  requires: Map<CallExpression, string>;
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
}

/** Loads a Lua file and all Lua that it requires, in the order found. */
export function loadLuaModules({ entry, source, root, resolver, sources }: LoadInput): LuaModules {
  const modules: LuaModule[] = [];
  const typescript = new Set<string>();
  const findings: Finding[] = [];
  const queue = [entry];
  const seen = new Set(queue);
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    const name = relativeTo(root, file);
    const body = parseModule(file === entry ? source : resolver.files.read(file) ?? '', name, sources);
    bindScopes(body, () => undefined);
    const requires = new Map<CallExpression, string>();
    for (const { call, specifier } of requireCalls(body)) {
      const place = { file: name, ...(call.at && { line: call.at.line, column: call.at.column + 1 }) };
      const target = specifier === undefined ? undefined : resolveRequire(specifier, file, root, resolver);
      if (specifier === undefined) findings.push({ code: 'bundler/dynamic-require', message: 'require needs a string literal', hint: 'The bundler must know the module: choose between several with if.', ...place });
      else if (target === undefined) findings.push({ code: 'bundler/unresolved-import', message: `cannot find "${specifier}"`, hint: 'Modules are looked up beside the file, then from the project\'s root, then as packages.', ...place });
      else {
        requires.set(call, target);
        if (!target.endsWith('.lua')) typescript.add(target);
        else if (!seen.has(target)) {
          seen.add(target);
          queue.push(target);
        }
      }
    }
    modules.push({ file, name, body, requires });
  }
  if (findings.length > 0) throw faultOf(findings);
  return { modules, typescript };
}

function parseModule(code: string, name: string, sources: Sources): Statement[] {
  try {
    return parseLua(code, ownOrigin(sources.add(name)));
  } catch (error) {
    const { line, column, message } = error as { line?: number; column?: number; message: string };
    throw faultOf([{
      code: 'bundler/syntax-error', message: message.replace(/^\[\d+:\d+\] /, ''), file: name,
      ...(line !== undefined && { line }), ...(column !== undefined && { column: column + 1 }),
    }]);
  }
}

function requireCalls(body: Statement[]): { call: CallExpression; specifier: string | undefined }[] {
  const found: { call: CallExpression; specifier: string | undefined }[] = [];
  walk(body, (node) => {
    if (node.type !== 'CallExpression' || node.base.type !== 'Identifier' || node.base.variable || node.base.name !== 'require') return;
    const [argument] = node.arguments;
    found.push({ call: node, specifier: argument?.type === 'StringLiteral' ? argument.value : undefined });
  });
  return found;
}

/** `a.b` and `./a/b` beside the file, then below the root; else a package by TypeScript's rules. */
function resolveRequire(specifier: string, importer: string, root: string, resolver: ModuleResolver): string | undefined {
  if (isAbsolute(specifier)) return specifier;
  const path = specifier.startsWith('.') && specifier.includes('/') ? specifier.replace(/\.lua$/, '') : specifier.replace(/\.lua$/, '').replaceAll('.', '/');
  for (const folder of [dirname(importer), root]) {
    for (const suffix of ['.lua', '/init.lua']) {
      const file = join(folder, `${path}${suffix}`);
      if (resolver.files.kind(file) === 'file') return file;
    }
  }
  const file = resolver.resolve(specifier, importer);
  return file !== undefined && /\.[mc]?ts$/.test(file) && !file.endsWith('.d.ts') ? file : undefined;
}
