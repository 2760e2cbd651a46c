import { assign, local, ref } from './build.ts';
import { isPure } from './purity.ts';
import type { Expression, FunctionExpression, Statement, TableConstructor, TableField, Variable } from './tree.ts';
import { eachChild, rewrite } from './walk.ts';

/** A table that is only ever asked for fields by name. */
interface Candidate {
  table: TableConstructor;
  /** The function that makes it; undefined for what runs when the bundle loads. */
  home: FunctionExpression | undefined;
  fields: Map<string, Variable>;
  /** Fields that stay in the table. */
  staying: Set<string>;
}

/**
 * `local T = { a = f } T.b = g … T.a()` → a variable for each field, so that each lives or dies by itself. A table that is
 * used in any other way stays: handed on, indexed by a value, called with `:`. So do fields that other functions set than the
 * one that makes the table: luerl copies a frame at each store to a captured variable. Variables for fields of `shared`
 * tables are added to `shared`.
 */
export function dissolveTables(body: Statement[], shared: Set<Variable>): Statement[] {
  const candidates = findCandidates(body, shared);
  if (candidates.size === 0) return body;
  for (const [variable, { fields }] of candidates) if (shared.has(variable)) fields.forEach((field) => shared.add(field));
  const variableOf = (node: Expression): Variable | undefined => {
    const [base, name] = fieldOf(node) ?? [];
    return base && name !== undefined ? candidates.get(base)?.fields.get(name) : undefined;
  };
  const dissolved = rewrite(body, {
    expression: (node) => {
      const variable = variableOf(node);
      return variable ? { ...ref(variable), ...(node.at && { at: node.at }) } : node;
    },
    statement: (node) => {
      const definition = definitionOf(node);
      const candidate = definition && candidates.get(definition.variable);
      if (!candidate) return node;
      const kept = { ...(node.at && { at: node.at }), ...(node.removable && { removable: true }) };
      const set = new Set<string>();
      const isShared = node.type === 'AssignmentStatement';
      const values = namedFields(candidate.table).flatMap(([name, value]): Statement[] => {
        const variable = candidate.fields.get(name);
        if (!variable) return [];
        set.add(name);
        return [{ ...(isShared ? assign(ref(variable), value) : local(variable, value)), ...kept }];
      });
      if (candidate.staying.size > 0) {
        candidate.table.fields = candidate.table.fields.filter((field) => candidate.staying.has(nameOf(field) ?? ''));
        values.push(node);
      }
      const later = [...candidate.fields].filter(([name]) => !set.has(name)).map(([, variable]) => variable);
      return isShared || later.length === 0 ? values : [{ type: 'LocalStatement', variables: later.map(ref), init: [] }, ...values];
    },
  });
  // Tables that were fields are held by variables now.
  return dissolveTables(dissolved, shared);
}

function findCandidates(body: Statement[], shared: ReadonlySet<Variable>): Map<Variable, Candidate> {
  const found = new Map<Variable, Candidate>();
  const refused = new Set<Variable>();
  const uses: { variable: Variable; name: string; isSet: boolean; home: FunctionExpression | undefined }[] = [];
  const once = new Set<Expression | Statement>(loadedOnce(body));
  const visit = (node: Expression | Statement, home: FunctionExpression | undefined): void => {
    const definition = definitionOf(node);
    if (definition && (node.type === 'LocalStatement' || (shared.has(definition.variable) && once.has(node)))) {
      const { variable, table } = definition;
      if (found.has(variable) || !isNamed(table)) refused.add(variable);
      found.set(variable, { table, home, fields: new Map(), staying: new Set() });
      visit(table, home);
      return;
    }
    if (node.type === 'AssignmentStatement') {
      for (const target of node.variables) {
        const field = fieldOf(target);
        if (field) uses.push({ variable: field[0], name: field[1], isSet: true, home });
        else visit(target, home);
      }
      node.init.forEach((value) => visit(value, home));
      return;
    }
    const field = fieldOf(node as Expression);
    if (field) {
      uses.push({ variable: field[0], name: field[1], isSet: false, home });
      return;
    }
    if (node.type === 'Identifier' && node.variable) refused.add(node.variable);
    const inner = node.type === 'FunctionDeclaration' ? node : home;
    eachChild(node, (child) => visit(child, inner), (block) => block.forEach((statement) => visit(statement, inner)));
  };
  body.forEach((node) => visit(node, undefined));
  refused.forEach((variable) => found.delete(variable));
  for (const { variable, name, isSet, home } of uses) {
    const candidate = found.get(variable);
    if (candidate && isSet && candidate.home !== home) candidate.staying.add(name);
  }
  const used = new Map<Variable, string[]>();
  for (const { variable, name } of uses) if (found.has(variable)) {
    const names = used.get(variable);
    if (names) names.push(name);
    else used.set(variable, [name]);
  }
  for (const [variable, { table, fields, staying }] of found) {
    const named = namedFields(table);
    const names = [...named.map(([name]) => name), ...(used.get(variable) ?? [])];
    for (const name of names) if (!staying.has(name) && !fields.has(name)) fields.set(name, variableFor(name));
    // What is taken out of a table that stays is evaluated before the rest of it.
    if (fields.size === 0 || (staying.size > 0 && !named.every(([, value]) => isPure(value)))) found.delete(variable);
  }
  return found;
}

/** Statements that run exactly once, when the bundle loads. */
function* loadedOnce(body: Statement[]): Generator<Statement> {
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

function variableFor(name: string): Variable {
  return { name: name.replace(/\W/g, '_').replace(/^(?=\d|$)/, '_') };
}
