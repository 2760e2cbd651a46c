import type { LuaModule } from '../lua-modules.ts';
import type { CallExpression, Expression, Statement, Variable } from '../lua/tree.ts';
import { walk } from '../lua/walk.ts';
import type { Declaration, ModuleFacts, RolePart } from './module-facts.ts';

type Place = Declaration['start'];
const FAR: Place = [Number.MAX_SAFE_INTEGER, 0];

/** Requires and top-level statements of a Lua module. */
export function luaFacts({ name: path, body, requires }: LuaModule, nameOf: (file: string) => string): ModuleFacts {
  const topLevel = topLevelVariables(body);
  const declarations = body.map((node, index): Declaration => {
    const name = nameOfStatement(node);
    const start = placeOf(node) ?? [0, 0];
    return {
      name: name ?? `line ${start[0]}`, start, end: nextPlace(body, index), ...readMentions(node, topLevel),
      // A call or an assignment runs when the module does; a local is there for those who name it.
      effect: node.type !== 'LocalStatement' && node.type !== 'FunctionDeclaration',
    };
  });
  return { path, imports: [...new Set([...requires.values()].map(nameOf))], names: namesOf(body, requires, nameOf), exports: new Map(), stars: [], declarations };
}

/** What `return kernel.defineRole({ … })` lists. */
export function luaRoleParts({ name: path, body }: LuaModule): RolePart[] {
  const parts: RolePart[] = [];
  const at = (value: Expression): RolePart['at'] => {
    const base = value.type === 'CallExpression' ? value.base : value;
    if (base.type === 'Identifier') return { path, name: base.name };
    const start = placeOf(value) ?? [0, 0];
    return { path, start, end: [start[0], start[1] + 1] };
  };
  walk(body, (node) => {
    if (node.type !== 'CallExpression' || node.base.type !== 'MemberExpression' || node.base.identifier.name !== 'defineRole') return;
    const [spec] = node.arguments;
    if (spec?.type !== 'TableConstructorExpression') return;
    for (const field of spec.fields) {
      const kind = field.type === 'TableKeyString' ? ({ components: 'component', systems: 'system', actions: 'action' } as const)[field.key.name] : undefined;
      if (kind === undefined || field.value.type !== 'TableConstructorExpression') continue;
      for (const { type, value, ...entry } of field.value.fields) {
        const key = type === 'TableKeyString' && 'key' in entry && 'name' in entry.key ? entry.key.name : undefined;
        const name = key ?? (value.type === 'Identifier' ? value.name : undefined);
        if (name !== undefined) parts.push({ kind, name: String(name), at: at(value) });
      }
    }
  });
  return parts;
}

function namesOf(body: Statement[], requires: LuaModule['requires'], nameOf: (file: string) => string): ModuleFacts['names'] {
  const names = new Map<string, { path: string; name: string }>();
  for (const node of body) {
    if (node.type !== 'LocalStatement') continue;
    node.variables.forEach(({ name }, index) => {
      const value = node.init[index];
      const file = value?.type === 'CallExpression' ? requires.get(value) : undefined;
      if (file !== undefined) names.set(name, { path: nameOf(file), name: '*' });
    });
  }
  return names;
}

function nameOfStatement(node: Statement): string | undefined {
  if (node.type === 'LocalStatement') return node.variables[0]?.name;
  if (node.type === 'FunctionDeclaration') return node.identifier?.name;
  return undefined;
}

function readMentions(statement: Statement, topLevel: ReadonlySet<Variable>): Pick<Declaration, 'mentions' | 'members' | 'defines'> {
  const mentions = new Set<string>();
  const members = new Set<string>();
  let defines: string | undefined;
  walk(statement, (node) => {
    if (node.type === 'Identifier' && (!node.variable || topLevel.has(node.variable))) mentions.add(node.name);
    else if (node.type === 'MemberExpression') members.add(node.identifier.name);
    else if (node.type === 'CallExpression') defines ??= definedName(node);
  });
  return { mentions: [...mentions], members: [...members], ...(defines !== undefined && { defines }) };
}

/** `ecs.system({ name = "decay" })`, `ecs.component("Health", …)`. */
function definedName({ base, arguments: [first] }: CallExpression): string | undefined {
  const callee = base.type === 'MemberExpression' ? base.identifier.name : '';
  if (callee === 'component' && first?.type === 'StringLiteral') return first.value;
  if (callee !== 'system' || first?.type !== 'TableConstructorExpression') return undefined;
  const name = first.fields.find((field) => field.type === 'TableKeyString' && field.key.name === 'name');
  return name?.value.type === 'StringLiteral' ? name.value.value : undefined;
}

function topLevelVariables(body: readonly Statement[]): Set<Variable> {
  return new Set(body.flatMap((node) => (node.type === 'LocalStatement' ? node.variables : node.type === 'FunctionDeclaration' && node.identifier ? [node.identifier] : []))
    .flatMap(({ variable }) => (variable ? [variable] : [])));
}

const placeOf = (node: Statement | Expression): Place | undefined => node.at && [node.at.line, node.at.column];

function nextPlace(body: readonly Statement[], index: number): Place {
  const next = body[index + 1];
  return next ? (placeOf(next) ?? FAR) : FAR;
}
