import { faultOf } from '../finding.ts';
import type { LuaModule } from '../lua-modules.ts';
import { assign, boolean, call, ref, text } from '../lua/build.ts';
import { countReferences } from '../lua/references.ts';
import type { CallExpression, Expression, FunctionExpression, Statement, Variable } from '../lua/tree.ts';
import { rewrite } from '../lua/walk.ts';
import { findLoadCycles } from './load-cycles.ts';
import { createLoader } from './loader.ts';
import { shapeOf, type ModuleShape } from './module-shape.ts';
import { placeModules, type Block } from './place-modules.ts';

export interface LinkInput {
  /** The entry first. */
  modules: readonly LuaModule[];
  /** The name under which `require` and `package.loaded` know a module, and its other names; undefined when they need not. */
  namesOf: (module: LuaModule) => readonly string[] | undefined;
  /** Takes a variable that modules share. */
  share: (variable: Variable) => void;
}

export interface LinkedModule {
  file: string;
  body: Statement[];
}

/**
 * Lua modules as one program, in order of evaluation. `require` of a module that has run by then becomes the variable
 * that holds it; other modules run once, when first asked for.
 *
 * @throws Fault `bundler/require-cycle`
 */
export function linkLuaModules({ modules, namesOf, share }: LinkInput): LinkedModule[] {
  const shapes = new Map(modules.map((module) => [module, shapeOf(module)]));
  const cycles = findLoadCycles(modules, shapes);
  if (cycles.length > 0) throw faultOf(cycles);
  const byFile = new Map(modules.map((module) => [module.file, module]));
  const { blocks, lazy } = placeModules({ modules, shapes, isPublic: (module) => namesOf(module) !== undefined });
  const loader = createLoader();
  const [entry] = modules;
  const lazily = new Set(lazy);
  const references = new Map(modules.map((module) => [module, countReferences(module.body)]));

  const held = new Map<LuaModule, Expression>();
  const runners = new Map<LuaModule, Variable>();
  for (const module of lazy) {
    if (namesOf(module) !== undefined) continue;
    const runner: Variable = { name: `run_${localName(module)}` };
    share(runner);
    runners.set(module, runner);
  }
  const valueOf = (module: LuaModule): Expression => {
    const known = held.get(module);
    if (known) return known;
    const { value } = shapes.get(module) as ModuleShape;
    const other = value?.kind === 'expression' && value.node.type === 'CallExpression' ? byFile.get(module.requires.get(value.node) ?? '') : undefined;
    const made = value?.kind === 'nothing' ? boolean(true) : other && !lazily.has(other) ? valueOf(other) : ref(exportVariable(module));
    held.set(module, made);
    return made;
  };
  const exportVariable = (module: LuaModule): Variable => {
    const { value } = shapes.get(module) as ModuleShape;
    const variable: Variable = value?.kind === 'local' ? value.variable : { name: localName(module) };
    share(variable);
    return variable;
  };
  /** What stands for a `require`. */
  const required = (node: CallExpression, module: LuaModule): Expression => {
    const names = namesOf(module);
    const at = node.at && { at: node.at };
    if (!lazily.has(module)) return { ...valueOf(module), ...at };
    if (names) return { ...call(loader.use('loadPublic'), text(bytes(names[0] ?? ''))), ...at };
    const name = shapes.get(module)?.usesVararg ? [text(bytes(localName(module)))] : [];
    return { ...call(loader.use('load'), ref(runners.get(module) as Variable), ...name), ...at };
  };

  const aliases = new Map<Variable, Expression>();
  const linkBody = (body: Statement[], owner: LuaModule): Statement[] => {
    const { requires } = owner;
    return rewrite(body, {
      expression: (node) => {
        if (node.type === 'Identifier') {
          const stands = node.variable && aliases.get(node.variable);
          return stands ? { ...stands, ...(node.at && { at: node.at }) } : node;
        }
        const module = node.type === 'CallExpression' ? byFile.get(requires.get(node) ?? '') : undefined;
        return module && node.type === 'CallExpression' ? required(node, module) : node;
      },
      statement: (node) => {
        if (node.type === 'CallStatement' && node.expression.type !== 'CallExpression') return [];
        if (node.type !== 'LocalStatement' || node.variables.length !== node.init.length) return node;
        // What holds a module that has run is another name for it.
        const kept = node.variables.map(({ variable }, index) => {
          const value = node.init[index];
          const isModule = value !== undefined && [...held.values()].some((known) => isSame(known, value));
          if (!variable || !isModule || (references.get(owner)?.writes(variable) ?? 0) > 0) return true;
          aliases.set(variable, value);
          return false;
        });
        if (kept.every(Boolean)) return node;
        const variables = node.variables.filter((_, index) => kept[index]);
        return variables.length === 0 ? [] : { ...node, variables, init: node.init.filter((_, index) => kept[index]) };
      },
    });
  };

  const blockBody = ({ module, statements }: Block): Statement[] => statements.flatMap((part): Statement[] => {
    if ('module' in part) return [{ type: 'DoStatement', body: blockBody(part) }];
    const { node } = part;
    if (module === entry) return linkBody([node], module);
    const value = valueOf(module);
    if (node.type === 'ReturnStatement') {
      const [result] = linkBody([node], module);
      const returned = result?.type === 'ReturnStatement' ? result.arguments[0] : undefined;
      return !returned || value.type !== 'Identifier' || isSame(value, returned) ? [] : [assign(value, returned)];
    }
    return linkBody([node], module).flatMap((statement) => shareDeclaration(statement, value));
  });
  const bodies = blocks.map((block) => ({ file: block.module.name, body: blockBody(block) }));
  const functions = lazy.map((module): LinkedModule => {
    const names = namesOf(module);
    const run: FunctionExpression = {
      type: 'FunctionDeclaration', identifier: null, isLocal: false, body: linkBody(module.body, module),
      parameters: shapes.get(module)?.usesVararg ? [{ type: 'VarargLiteral' }] : [],
    };
    if (!names) return { file: module.name, body: [assign(ref(runners.get(module) as Variable), run)] };
    const [own = '', ...others] = names;
    const define = (name: string, value: Expression): Statement => ({ type: 'CallStatement', expression: call(loader.use('define'), text(bytes(name)), value) });
    const same: Statement[] = [{ type: 'ReturnStatement', arguments: [call(loader.use('loadPublic'), text(bytes(own)))] }];
    return { file: module.name, body: [
      define(own, run),
      ...others.map((name) => define(name, { type: 'FunctionDeclaration', identifier: null, isLocal: false, parameters: [], body: structuredClone(same) })),
    ] };
  });
  loader.variables().forEach(share);
  return [{ file: 'lua', body: loader.statements() }, ...functions, ...bodies];
}

/** A module's own table becomes a variable that modules share: `local M = {}` → `M = {}`. */
function shareDeclaration(node: Statement, value: Expression): Statement[] {
  const variable = value.type === 'Identifier' ? value.variable : undefined;
  if (!variable) return [node];
  if (node.type === 'FunctionDeclaration') return node.identifier?.variable === variable ? [assign(ref(variable), { ...node, identifier: null, isLocal: false })] : [node];
  if (node.type !== 'LocalStatement' || !node.variables.some((id) => id.variable === variable)) return [node];
  return node.variables.map((id, index): Statement => {
    const init = node.init[index] ?? { type: 'NilLiteral' };
    return id.variable === variable ? assign(ref(variable), init) : { ...node, variables: [id], init: [init] };
  });
}

function isSame(one: Expression, other: Expression): boolean {
  return one.type === 'Identifier' && other.type === 'Identifier' && one.variable !== undefined && one.variable === other.variable;
}

function localName({ name }: LuaModule): string {
  return name.replace(/(?:\/init)?\.lua$/, '').replace(/^.*\//, '').replace(/\W/g, '_').replace(/^(?=\d)/, '_') || 'module';
}

/** Names are text; Lua's strings are bytes. */
const bytes = (name: string): string => Buffer.from(name, 'utf8').toString('latin1');
