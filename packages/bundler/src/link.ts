import type { Expression, Statement, Variable } from './lua/tree.ts';
import { assign, ref } from './lua/build.ts';
import { bindScopes } from './lua/scope.ts';
import { rewrite, walk } from './lua/walk.ts';

/** A compiled TypeScript module before linking. */
export interface LinkModule {
  file: string;
  body: Statement[];
  /** What imported names stand for; `name` `*` is the whole module. */
  imports: ReadonlyMap<string, { file: string; name: string }>;
}

/** Variables that modules share: one per export, declared around all modules, so import cycles need nothing special. */
export interface SharedVariables {
  of(file: string, name: string): Variable;
  /** The variable that holds a module's exports as a table, for code that uses a namespace as a value. */
  namespace(file: string): Variable;
  /** Takes a variable that Lua modules share. */
  add(variable: Variable): void;
  all(): Set<Variable>;
  /** Files whose namespace table is needed. */
  namespaces(): string[];
}

/** `known`: variables of the programs before, which stand for the same again. */
export function createSharedVariables(known: Map<string, Variable> = new Map()): SharedVariables {
  const variables = new Set<Variable>();
  const namespaces = new Set<string>();
  const get = (key: string, name: string) => {
    const variable = known.get(key) ?? { name: name.replace(/\W/g, '_') };
    known.set(key, variable);
    variables.add(variable);
    return variable;
  };
  return {
    of: (file, name) => get(`${file}\0${name}`, name),
    namespace(file) {
      namespaces.add(file);
      return get(`${file}\0*`, 'module');
    },
    add: (variable) => void variables.add(variable),
    all: () => new Set(variables),
    namespaces: () => [...namespaces],
  };
}

const EXPORTS = '____exports';
/** What TypeScriptToLua's library defines: its functions, and the classes that JavaScript has built in. */
export const LUALIB_NAME = /^(?:__TS__\w+|(?:Range|Reference|Syntax|Type|URI)?Error|Map|Set|WeakMap|WeakSet|Symbol)$/;

/**
 * Turns a module into statements over shared variables: `____exports.x` and imported names become variables, the exports
 * table disappears. `exportOf` follows `namespace.name` through barrels.
 */
export function linkModule(
  module: LinkModule,
  shared: SharedVariables,
  exportOf: (file: string, name: string) => { file: string; name: string } | undefined,
  lualib: string | undefined,
): Statement[] {
  const body = module.body.filter((node) => !isExportsTable(node) && node.type !== 'ReturnStatement');
  const imported = (name: string) => (name === EXPORTS ? undefined : module.imports.get(name));
  bindScopes(body, (name) => {
    const target = imported(name);
    if (target) return target.name === '*' ? undefined : shared.of(target.file, target.name);
    return lualib !== undefined && LUALIB_NAME.test(name) ? shared.of(lualib, name) : undefined;
  });
  const namespaceOf = (node: Expression): string | undefined => {
    if (node.type !== 'Identifier' || node.variable) return undefined;
    if (node.name === EXPORTS) return module.file;
    const target = imported(node.name);
    return target?.name === '*' ? target.file : undefined;
  };
  const resolved = rewrite(body, {
    expression: (node) => {
      const name = node.type === 'MemberExpression' ? node.identifier.name : node.type === 'IndexExpression' && node.index.type === 'StringLiteral' ? node.index.value : undefined;
      if (name === undefined || !('base' in node)) return node;
      const file = namespaceOf(node.base);
      if (file === undefined) return node;
      const target = file === module.file ? { file, name } : exportOf(file, name);
      if (!target) return node;
      return { ...ref(target.name === '*' ? shared.namespace(target.file) : shared.of(target.file, target.name)), ...(node.at && { at: node.at }) };
    },
  });
  return rewrite(resolved, {
    expression: (node) => {
      const file = namespaceOf(node);
      return file === undefined ? node : ref(shared.namespace(file));
    },
  });
}

function isExportsTable(node: Statement): boolean {
  return node.type === 'LocalStatement' && node.variables[0]?.name === EXPORTS;
}

/** `module = { a = a, b = b }`: the namespace of a module as a value. */
export function namespaceStatement(variable: Variable, exports: readonly { name: string; variable: Variable }[]): Statement {
  return assign(ref(variable), {
    type: 'TableConstructorExpression',
    fields: exports.map(({ name, variable: value }) => ({ type: 'TableKeyString', key: { name }, value: ref(value) })),
  });
}

/** Makes what the library's final `return { name = name }` lists the shared variables that modules refer to. */
export function linkLualib(body: Statement[], file: string, shared: SharedVariables): Statement[] {
  bindScopes(body, () => undefined);
  const published = new Map<Variable, Variable>();
  for (const node of body) {
    const [table] = node.type === 'ReturnStatement' ? node.arguments : [];
    if (table?.type !== 'TableConstructorExpression') continue;
    for (const field of table.fields) {
      if (field.type === 'TableKeyString' && field.value.type === 'Identifier' && field.value.variable) published.set(field.value.variable, shared.of(file, field.key.name));
    }
  }
  walk(body, (node) => {
    if (node.type === 'Identifier' && node.variable) node.variable = published.get(node.variable) ?? node.variable;
  });
  return body.flatMap((node): Statement[] => {
    if (node.type === 'ReturnStatement') return [];
    const id = node.type === 'FunctionDeclaration' ? node.identifier : node.type === 'LocalStatement' ? node.variables[0] : undefined;
    const variable = id?.variable && published.get(id.variable);
    if (!variable) return [node];
    if (node.type === 'FunctionDeclaration') return [assign(ref(variable), { ...node, identifier: null, isLocal: false })];
    return node.type === 'LocalStatement' && node.init[0] ? [assign(ref(variable), node.init[0])] : [];
  });
}
