import { assign, local, ref } from './build.ts';
import { isPure } from './purity.ts';
import type { Expression, FunctionExpression, Statement, TableConstructor, TableField, Variable } from './tree.ts';
import { remembered, unitPass } from './units.ts';
import { eachChild, rewriteUnit } from './walk.ts';

/** A table that is only ever asked for fields by name. */
interface Candidate {
  table: TableConstructor;
  /** The function that makes it; undefined for what runs when the bundle loads. */
  home: FunctionExpression | undefined;
  fields: Set<string>;
  /** Fields that stay in the table. */
  staying: Set<string>;
}

/**
 * `local T = { a = f } T.b = g … T.a()` → a variable for each field, so that each lives or dies by itself. A table that is
 * used in any other way stays: handed on, indexed by a value, called with `:`. So do fields that other functions set than the
 * one that makes the table: luerl copies a frame at each store to a captured variable. Variables for fields of `shared`
 * tables are added to `shared`.
 */
export function dissolveTables(body: readonly Statement[], shared: Set<Variable>): Statement[] {
  const candidates = findCandidates(body, shared);
  if (candidates.size === 0) return [...body];
  const plans = new Map<Variable, string>();
  for (const [variable, { fields, staying }] of candidates) {
    if (shared.has(variable)) for (const name of fields) shared.add(fieldVariable(variable, name));
    plans.set(variable, JSON.stringify([[...fields], [...staying]]));
  }
  // Tables that were fields are held by variables now.
  return dissolveTables(dissolve(body, { plan: (variable) => plans.get(variable) }), shared);
}

/** Which fields of a table become variables, and which stay in it. */
const dissolve = unitPass<{ plan: (variable: Variable) => string | undefined }>((unit, { plan }) => {
  const planOf = (variable: Variable | undefined) => {
    const found = variable && plan(variable);
    return found === undefined ? undefined : JSON.parse(found) as [fields: string[], staying: string[]];
  };
  return rewriteUnit(unit, {
    expression: (node) => {
      const [base, name] = fieldOf(node) ?? [];
      return base && name !== undefined && planOf(base)?.[0].includes(name) ? { ...ref(fieldVariable(base, name)), ...(node.at && { at: node.at }) } : node;
    },
    statement: (node) => {
      const definition = definitionOf(node);
      const [fields, staying] = planOf(definition?.variable) ?? [];
      if (!definition || !fields || !staying) return node;
      const { variable, table } = definition;
      const kept = { ...(node.at && { at: node.at }), ...(node.removable && { removable: true }) };
      const set = new Set<string>();
      const isShared = node.type === 'AssignmentStatement';
      const values = namedFields(table).flatMap(([name, value]): Statement[] => {
        if (!fields.includes(name)) return [];
        set.add(name);
        const target = fieldVariable(variable, name);
        return [{ ...(isShared ? assign(ref(target), value) : local(target, value)), ...kept }];
      });
      if (staying.length > 0) {
        table.fields = table.fields.filter((field) => staying.includes(nameOf(field) ?? ''));
        values.push(node);
      }
      const later = fields.filter((name) => !set.has(name)).map((name) => fieldVariable(variable, name));
      return isShared || later.length === 0 ? values : [{ type: 'LocalStatement', variables: later.map(ref), init: [] }, ...values];
    },
  });
});

const fieldVariables = new WeakMap<Variable, Map<string, Variable>>();

/** The variable that stands for a field of a table: always the same. */
function fieldVariable(table: Variable, name: string): Variable {
  const known = fieldVariables.get(table) ?? new Map<string, Variable>();
  fieldVariables.set(table, known);
  const variable = known.get(name) ?? { name: name.replace(/\W/g, '_').replace(/^(?=\d|$)/, '_') };
  known.set(name, variable);
  return variable;
}

/** What a unit does with tables. */
interface TableUses {
  definitions: readonly { variable: Variable; table: TableConstructor; isLocal: boolean; isOnce: boolean; home: FunctionExpression | undefined }[];
  fields: readonly { variable: Variable; name: string; isSet: boolean; home: FunctionExpression | undefined }[];
  /** Variables that it uses in any other way. */
  others: ReadonlySet<Variable>;
}

const tableUses = remembered((unit): TableUses => {
  const definitions: TableUses['definitions'][number][] = [];
  const fields: TableUses['fields'][number][] = [];
  const others = new Set<Variable>();
  const once = new Set<Expression | Statement>(loadedOnce([unit]));
  const visit = (node: Expression | Statement, home: FunctionExpression | undefined): void => {
    const definition = definitionOf(node);
    if (definition) {
      definitions.push({ ...definition, isLocal: node.type === 'LocalStatement', isOnce: once.has(node), home });
      visit(definition.table, home);
      return;
    }
    if (node.type === 'AssignmentStatement') {
      for (const target of node.variables) {
        const field = fieldOf(target);
        if (field) fields.push({ variable: field[0], name: field[1], isSet: true, home });
        else visit(target, home);
      }
      node.init.forEach((value) => visit(value, home));
      return;
    }
    const field = fieldOf(node as Expression);
    if (field) {
      fields.push({ variable: field[0], name: field[1], isSet: false, home });
      return;
    }
    if (node.type === 'Identifier' && node.variable) others.add(node.variable);
    const inner = node.type === 'FunctionDeclaration' ? node : home;
    eachChild(node, (child) => visit(child, inner), (block) => block.forEach((statement) => visit(statement, inner)));
  };
  visit(unit, undefined);
  return { definitions, fields, others };
});

function findCandidates(body: readonly Statement[], shared: ReadonlySet<Variable>): Map<Variable, Candidate> {
  const found = new Map<Variable, Candidate>();
  const refused = new Set<Variable>();
  const all = body.map(tableUses);
  for (const { definitions } of all) for (const { variable, table, home, isLocal, isOnce } of definitions) {
    if (!isLocal && !(shared.has(variable) && isOnce)) refused.add(variable);
    else {
      if (found.has(variable) || !isNamed(table)) refused.add(variable);
      found.set(variable, { table, home, fields: new Set(), staying: new Set() });
    }
  }
  refused.forEach((variable) => found.delete(variable));
  if (found.size > 0) for (const { others } of all) for (const variable of others) found.delete(variable);
  if (found.size === 0) return found;
  const used = new Map<Variable, string[]>();
  for (const { fields } of all) for (const { variable, name, isSet, home } of fields) {
    const candidate = found.get(variable);
    if (!candidate) continue;
    if (isSet && candidate.home !== home) candidate.staying.add(name);
    const names = used.get(variable);
    if (names) names.push(name);
    else used.set(variable, [name]);
  }
  for (const [variable, { table, fields, staying }] of found) {
    const named = namedFields(table);
    for (const name of [...named.map(([each]) => each), ...(used.get(variable) ?? [])]) if (!staying.has(name)) fields.add(name);
    // What is taken out of a table that stays is evaluated before the rest of it.
    if (fields.size === 0 || (staying.size > 0 && !named.every(([, value]) => isPure(value)))) found.delete(variable);
  }
  return found;
}

/** Statements that run exactly once, when the bundle loads. */
function* loadedOnce(body: readonly Statement[]): Generator<Statement> {
  for (const node of body) {
    if (node.type === 'DoStatement') yield* loadedOnce(node.body);
    else yield node;
  }
}

function definitionOf(node: Expression | Statement): { variable: Variable; table: TableConstructor } | undefined {
  if ((node.type !== 'LocalStatement' && node.type !== 'AssignmentStatement') || node.variables.length !== 1 || node.init.length !== 1) return undefined;
  const [target] = node.variables;
  const [table] = node.init;
  return target?.type === 'Identifier' && target.variable && table?.type === 'TableConstructorExpression' ? { variable: target.variable, table } : undefined;
}

/** `T.name` and `T["name"]` of a variable. */
function fieldOf(node: Expression): [Variable, string] | undefined {
  if (node.type !== 'MemberExpression' && node.type !== 'IndexExpression') return undefined;
  const { base } = node;
  if (base.type !== 'Identifier' || !base.variable) return undefined;
  if (node.type === 'MemberExpression') return node.indexer === '.' ? [base.variable, node.identifier.name] : undefined;
  return node.index.type === 'StringLiteral' ? [base.variable, node.index.value] : undefined;
}

function isNamed(table: TableConstructor): boolean {
  return new Set(namedFields(table).map(([name]) => name)).size === table.fields.length;
}

function namedFields({ fields }: TableConstructor): [string, Expression][] {
  return fields.flatMap((field): [string, Expression][] => {
    const name = nameOf(field);
    return name === undefined ? [] : [[name, field.value]];
  });
}

function nameOf(field: TableField): string | undefined {
  if (field.type === 'TableKeyString') return field.key.name;
  return field.type === 'TableKey' && field.key.type === 'StringLiteral' ? field.key.value : undefined;
}
