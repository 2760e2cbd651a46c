import type { Expression, Identifier, LocalStatement, Statement, Variable } from './tree.ts';
import { local, member, ref, global } from './build.ts';
import { propagateCopies } from './copies.ts';
import { flattenBlocks } from './flat-blocks.ts';
import { flattenConcat } from './flat-concat.ts';
import { foldConstants, foldUnit } from './fold.ts';
import { inlineOnce } from './inline-once.ts';
import { joinDeclarations } from './join-declarations.ts';
import { shapeReturns } from './return-shapes.ts';
import { opposite } from './truth.ts';
import type { References } from './references.ts';
import { remembered, unitPass } from './units.ts';
import { walk, rewrite, rewriteUnit } from './walk.ts';

/** Shorter ways to say the same, for minified bundles. `outside`: what is known of variables from elsewhere. */
export function compactLua(body: Statement[], outside?: References): Statement[] {
  const folded = outside ? foldUnit(body) ?? body : foldConstants(body);
  const plain = joinDeclarations(propagateCopies(flattenBlocks(folded), outside));
  return rewrite(dropLastParameters(inlineOnce(shapeReturns(plain), outside)), { statement: (node) => flattenElse(withoutEmpty(node)), block: mergeLocals, expression: (node) => flattenConcat(invert(node)) });
}

/** `not (a == b)` → `a ~= b`. */
function invert(node: Expression): Expression {
  if (node.type !== 'UnaryExpression' || node.operator !== 'not' || node.argument.type !== 'BinaryExpression') return node;
  const { operator } = node.argument;
  return operator === '==' || operator === '~=' ? { ...node.argument, operator: operator === '==' ? '~=' : '==' } : node;
}

/** `if a then else … end` → `if not a then … end`. */
function withoutEmpty(node: Statement): Statement {
  if (node.type !== 'IfStatement' || node.clauses.length !== 2) return node;
  const [first, second] = node.clauses;
  if (!first?.condition || first.body.length > 0 || !second || second.condition) return node;
  return { ...node, clauses: [{ ...second, type: 'IfClause', condition: opposite(first.condition) }] };
}

/** `else if … end end` → `elseif … end`. */
function flattenElse(node: Statement): Statement {
  if (node.type !== 'IfStatement') return node;
  const last = node.clauses[node.clauses.length - 1];
  const [inner] = last?.type === 'ElseClause' && last.body.length === 1 ? last.body : [];
  if (inner?.type !== 'IfStatement') return node;
  return { ...node, clauses: [...node.clauses.slice(0, -1), ...inner.clauses.map((clause, index) => (index === 0 ? { ...clause, type: 'ElseifClause' as const } : clause))] };
}

/** `local a = 1 local b = 2` → `local a, b = 1, 2`, when the second doesn't read the first. */
function mergeLocals(body: Statement[]): Statement[] {
  const result: Statement[] = [];
  for (const node of body) {
    const last = result[result.length - 1];
    if (node.type === 'LocalStatement' && last?.type === 'LocalStatement' && canMerge(last, node)) {
      last.variables.push(...node.variables);
      last.init.push(...node.init);
    } else result.push(node.type === 'LocalStatement' ? { ...node, variables: [...node.variables], init: [...node.init] } : node);
  }
  return result;
}

function canMerge(first: LocalStatement, second: LocalStatement): boolean {
  const bothEmpty = first.init.length === 0 && second.init.length === 0;
  const bothFull = first.init.length === first.variables.length && second.init.length === second.variables.length && second.init.length > 0;
  if (!bothEmpty && !bothFull) return false;
  // All values sit in registers until the locals begin.
  if (first.variables.length + second.variables.length > 40) return false;
  const declared = new Set(first.variables.map(({ variable }) => variable));
  let reads = false;
  for (const value of second.init) {
    walk(value, (node) => {
      if (node.type === 'Identifier' && node.variable && declared.has(node.variable)) reads = true;
    });
  }
  return !reads;
}

/** Callers may pass more than a function takes. */
function dropLastParameters(body: Statement[]): Statement[] {
  const mentioned = new Set<Variable>();
  walk(body, (node) => {
    if (node.type === 'Identifier' && node.variable) mentioned.add(node.variable);
  });
  walk(body, (node) => {
    if (node.type !== 'FunctionDeclaration') return;
    for (let last = node.parameters[node.parameters.length - 1]; last?.type === 'Identifier' && last.variable && !mentioned.has(last.variable); last = node.parameters[node.parameters.length - 1]) {
      node.parameters.pop();
    }
  });
  return body;
}

/** Bytes a `local x = string.sub` must save to be worth a name. */
const WORTH = 24;

/** The host function that an expression names, if it is one that may get a local name. */
function hostFunction(node: Expression): string | undefined {
  if (node.type === 'Identifier') return !node.variable && PLAIN.has(node.name) ? node.name : undefined;
  const isLibrary = node.type === 'MemberExpression' && node.indexer === '.' && node.base.type === 'Identifier' && !node.base.variable && LIBRARIES[node.base.name]?.has(node.identifier.name);
  return isLibrary ? `${(node.base as Identifier).name}.${node.identifier.name}` : undefined;
}

/** How often a unit names each host function, and which it replaces. */
const hostUses = remembered((unit) => {
  const counts = new Map<string, number>();
  const replaced = new Set<string>();
  const assigned = new Set<Expression>();
  walk(unit, (node) => {
    if (node.type === 'AssignmentStatement') {
      for (const target of node.variables) {
        const name = hostFunction(target);
        if (name !== undefined) replaced.add(name);
        assigned.add(target);
      }
    }
    const name = assigned.has(node as Expression) ? undefined : hostFunction(node as Expression);
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  });
  return { counts, replaced };
});

const hostVariables = new Map<string, Variable>();

function hostVariable(name: string): Variable {
  const variable = hostVariables.get(name) ?? { name: name.replace('.', '_') };
  hostVariables.set(name, variable);
  return variable;
}

/**
 * Gives host functions that are named often a local name: shorter, and faster than two look-ups. What the program itself
 * puts in place is not there yet when these locals are set; what the prelude replaces is.
 */
export function nameHostFunctions(body: readonly Statement[]): { declarations: Statement[]; body: Statement[] } {
  const uses = new Map<string, number>();
  const replaced = new Set<string>();
  for (const unit of body.map(hostUses)) {
    for (const [name, times] of unit.counts) uses.set(name, (uses.get(name) ?? 0) + times);
    unit.replaced.forEach((name) => replaced.add(name));
  }
  const worthy = [...uses].filter(([name, times]) => !replaced.has(name) && times * (name.length - 2) - name.length - 6 > WORTH).map(([name]) => name);
  const named = new Set(worthy);
  const declarations = worthy.map((name) => {
    const [library = '', field] = name.split('.');
    return local(hostVariable(name), field === undefined ? global(name) : member(global(library), field));
  });
  return { declarations: mergeLocals(declarations), body: nameHosts(body, {}, undefined, (unit) => [...hostUses(unit).counts.keys()].filter((name) => named.has(name)).join(' ')) };
}

const nameHosts = unitPass((unit, _ask, key) => {
  const named = new Set(key.split(' '));
  return rewriteUnit(unit, {
    expression: (node) => {
      const name = hostFunction(node);
      return name !== undefined && named.has(name) ? { ...ref(hostVariable(name)), ...(node.at && { at: node.at }) } : node;
    },
  });
});

const PLAIN = new Set(['tostring', 'tonumber', 'type', 'error', 'ipairs', 'pairs', 'pcall', 'setmetatable', 'select']);
/** Only what is certainly there from the start: others may be added while the program runs. */
const LIBRARIES: Readonly<Record<string, ReadonlySet<string>>> = {
  string: new Set(['byte', 'char', 'find', 'format', 'gmatch', 'gsub', 'len', 'lower', 'match', 'rep', 'reverse', 'sub', 'upper']),
  table: new Set(['concat', 'insert', 'remove', 'sort', 'unpack']),
  math: new Set(['abs', 'ceil', 'floor', 'max', 'min', 'sqrt', 'tointeger', 'type']),
};
