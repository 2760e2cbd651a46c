import { join } from 'node:path';
import { isFault } from '@beamline/core';
import type { WarmProgram } from './checked-program.ts';
import { compileTypeScript, type CompiledProgram } from './compile-ts.ts';
import { faultOf, type Finding } from './finding.ts';
import type { LintMode } from './lint/lint-live.ts';
import { createSharedVariables } from './link.ts';
import { ref, text } from './lua/build.ts';
import { countReferences } from './lua/references.ts';
import type { Expression, Origin, Statement, Variable } from './lua/tree.ts';
import { rewrite, walk } from './lua/walk.ts';
import { loadLuaModules, type LoadInput, type LuaModule } from './lua-modules.ts';
import type { Links } from './ts-links.ts';
import { luaMessages, type KernelFunction } from './messages/lua-messages.ts';
import { linkLuaModules } from './lua-tree/link-modules.ts';
import { publicNames } from './lua-tree/public-names.ts';
import type { Sources } from './origins.ts';
import { relativeTo } from './root-path.ts';
import type { RollupInput } from './shake.ts';

/** What Lua uses of one TypeScript module. `names` is undefined when the module itself is used as a value. */
interface Use {
  names: Map<string, Origin | undefined>;
  whole: boolean;
}

export interface LuaInput extends Omit<RollupInput, 'virtual'>, Pick<LoadInput, 'sources' | 'host' | 'external'> {
  /** Text of the Lua module that starts everything, standing in place of `entry`. */
  main: string;
  /** Modules that stay reachable and replaceable through `require` and `package.loaded`, by name or pattern. @default [] */
  publish?: readonly string[];
  /** Of the TypeScript. @default true */
  shrink?: boolean;
  /** @default 'off' */
  lint?: LintMode;
  /** Of the TypeScript. @default nothing is known */
  warm?: WarmProgram;
}

/**
 * Compiles Lua modules together with the TypeScript that they require: what Lua uses of it is what counts as live.
 * TypeScript runs when the bundle loads, before any Lua.
 */
export function compileLua(input: LuaInput): CompiledProgram {
  const { entry, main, root, resolver, define, sources, host = 'lua', external = [], publish = [], shrink = true, lint = 'off', warm } = input;
  const also = publish.filter((name) => !name.includes('*'));
  const { modules, typescript } = loadLuaModules({ entry, source: main, root, resolver, sources, define, host, external, also });
  // Data is used whole; what of it is read decides nothing.
  const data = [...typescript].filter((file) => file.endsWith('.json'));
  const uses = new Map([...typescript].filter((file) => !file.endsWith('.json')).map((file): [string, Use] => [file, { names: new Map(), whole: false }]));
  const members = modules.map((module) => collectUses(module, uses));
  const program = typescript.size === 0 ? withoutTypeScript() : compileUses({ root, resolver, define, sources, shrink, lint, ...(warm && { warm }) }, uses, data);

  const findings: Finding[] = [];
  const component = [...uses].map(([file]) => program.links.exportOf(file, 'component')).find((found) => found !== undefined);
  const componentVariable = component && program.shared.of(component.file, component.name);
  modules.forEach((module, index) => {
    module.body = addFieldOrder(useTypeScript(module, members[index] ?? new Map<Variable, string>(), program), componentVariable, module.name, findings);
  });
  if (findings.length > 0) throw faultOf(findings);
  const messages = luaMessages(modules.map(({ body }) => body), kernelFunctions(uses, program));
  const linked = linkLuaModules({ modules, namesOf: publicNames(modules, { entry, root, publish }), share: program.shared.add });
  return { ...program, modules: [...program.modules, ...linked], messages };
}

/** Which variables hold what the kernel exports. */
function kernelFunctions(uses: ReadonlyMap<string, Use>, { links, shared }: CompiledProgram): (variable: Variable) => KernelFunction | undefined {
  const file = [...uses.keys()].find((path) => links.exportOf(path, 'createProcess') !== undefined && links.exportOf(path, 'send') !== undefined);
  const known = new Map((['send', 'intTag', 'textTag', 'defineRole'] as const).flatMap((name) => {
    const found = file === undefined ? undefined : links.exportOf(file, name);
    return found === undefined ? [] : [[shared.of(found.file, found.name), name] as const];
  }));
  return (variable) => known.get(variable);
}

function compileUses(common: Pick<LuaInput, 'root' | 'resolver' | 'define' | 'sources' | 'shrink' | 'lint' | 'warm'>, uses: ReadonlyMap<string, Use>, data: readonly string[]): CompiledProgram {
  const seed = join(common.root, '__beamline_seed__.ts');
  try {
    return compileTypeScript({ ...common, entry: seed, virtual: new Map([[seed, seedSource(uses, data)]]) }).link();
  } catch (error) {
    throw missingExport(error, uses, relativeTo(common.root, seed), common.sources) ?? error;
  }
}

function withoutTypeScript(): CompiledProgram {
  const links: Links = { imports: () => new Map(), exportOf: () => undefined, exportNames: () => [], dependencies: () => [] };
  return { modules: [], shared: createSharedVariables(), links, warnings: [] };
}

/** Locals that hold a TypeScript module and are only used as `module.name` need no table. */
function collectUses({ body, requires }: LuaModule, uses: ReadonlyMap<string, Use>): Map<Variable, string> {
  const references = countReferences(body);
  const holders = new Map<Variable, string>();
  const direct = new Set<Expression>();
  walk(body, (node) => {
    if (node.type !== 'LocalStatement' || node.variables.length !== 1) return;
    const [id] = node.variables;
    const [value] = node.init;
    const file = value?.type === 'CallExpression' ? requires.get(value) : undefined;
    if (!id?.variable || !value || file === undefined || !uses.has(file) || references.writes(id.variable) > 0) return;
    holders.set(id.variable, file);
    direct.add(value);
  });
  walk(body, (node) => {
    const file = node.type === 'MemberExpression' && node.indexer === '.' ? moduleOf(node.base, requires, holders) : undefined;
    if (file === undefined || node.type !== 'MemberExpression') return;
    uses.get(file)?.names.set(node.identifier.name, node.at);
    direct.add(node.base);
  });
  walk(body, (node) => {
    if (direct.has(node as Expression)) return;
    const file = node.type === 'Identifier' || node.type === 'CallExpression' ? moduleOf(node, requires, holders) : undefined;
    const use = file === undefined ? undefined : uses.get(file);
    if (use) use.whole = true;
  });
  return holders;
}

function moduleOf(node: Expression, requires: LuaModule['requires'], holders: ReadonlyMap<Variable, string>): string | undefined {
  if (node.type === 'Identifier') return node.variable && holders.get(node.variable);
  return node.type === 'CallExpression' ? requires.get(node) : undefined;
}

function seedSource(uses: ReadonlyMap<string, Use>, data: readonly string[]): string {
  let count = 0;
  const tables = data.map((file) => `export { default as __${(count += 1)} } from ${JSON.stringify(file)};\n`);
  return [...tables, ...[...uses].map(([file, { names, whole }]) => {
    const from = `from ${JSON.stringify(file)};\n`;
    const named = [...names.keys()].map((name) => `${name} as __${(count += 1)}`).join(', ');
    return `${names.size > 0 ? `export { ${named} } ${from}` : ''}${whole ? `export * as __${(count += 1)} ${from}` : ''}`;
  })].join('') || 'export {};\n';
}

function missingExport(error: unknown, uses: ReadonlyMap<string, Use>, seed: string, sources: Sources): Error | undefined {
  if (!isFault(error) || error.details['file'] !== seed) return undefined;
  const name = /exported member (?:named )?'(\w+)'/.exec(error.message)?.[1];
  const at = name === undefined ? undefined : [...uses.values()].map(({ names }) => names.get(name)).find((found) => found !== undefined);
  return at && faultOf([{
    code: 'bundler/unresolved-import', message: `the package exports no "${name}"`, file: sources.name(at.source), line: at.line, column: at.column + 1,
  }]);
}

/** Puts the variables of TypeScript's exports where Lua names them. */
function useTypeScript(module: LuaModule, holders: ReadonlyMap<Variable, string>, { links, shared }: CompiledProgram): Statement[] {
  return rewrite(module.body, {
    expression: (node) => {
      if (node.type === 'MemberExpression') {
        // The rewriter has already replaced the base: a namespace variable stands for its module.
        const file = node.base.type === 'Identifier' && node.base.variable ? (holders.get(node.base.variable) ?? namespaces.get(node.base.variable)) : undefined;
        const target = file === undefined ? undefined : links.exportOf(file, node.identifier.name);
        return target ? { ...ref(shared.of(target.file, target.name)), ...(node.at && { at: node.at }) } : node;
      }
      const file = node.type === 'CallExpression' ? module.requires.get(node) : undefined;
      if (file === undefined || file.endsWith('.lua')) return node;
      if (file.endsWith('.json')) return ref(shared.of(file, 'default'));
      const variable = shared.namespace(file);
      namespaces.set(variable, file);
      return ref(variable);
    },
  });
}

const namespaces = new WeakMap<Variable, string>();

/** As for TypeScript: ecs' `component(name, { … })` gets the fields' order, which a Lua table forgets. */
function addFieldOrder(body: Statement[], component: Variable | undefined, file: string, findings: Finding[]): Statement[] {
  if (!component) return body;
  const names = new Set([component]);
  walk(body, (node) => {
    if (node.type !== 'LocalStatement') return;
    node.variables.forEach(({ variable }, index) => {
      const value = node.init[index];
      if (variable && value?.type === 'Identifier' && value.variable && names.has(value.variable)) names.add(variable);
    });
  });
  return rewrite(body, {
    expression: (node) => {
      if (node.type !== 'CallExpression' || node.base.type !== 'Identifier' || !node.base.variable || !names.has(node.base.variable) || node.arguments.length !== 2) return node;
      const [, fields] = node.arguments;
      const keys = fields?.type === 'TableConstructorExpression' ? fields.fields.map((field) => (field.type === 'TableKeyString' ? field.key.name : undefined)) : [undefined];
      if (keys.some((key) => key === undefined)) {
        findings.push({
          code: 'bundler/component-not-literal', message: 'the fields of a component must be written as a table of names', file,
          hint: 'Write component("Name", { x = i32, y = i32 }), or give the names in order as the third argument.',
          ...(node.at && { line: node.at.line, column: node.at.column + 1 }),
        });
        return node;
      }
      const order: Expression = { type: 'TableConstructorExpression', fields: keys.map((key) => ({ type: 'TableValue', value: text(key ?? '') })) };
      return { ...node, arguments: [...node.arguments, order] };
    },
  });
}
