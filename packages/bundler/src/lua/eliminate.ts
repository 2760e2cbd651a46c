import type { Expression, Identifier, Statement, Variable } from './tree.ts';
import { isPure } from './purity.ts';
import { rewrite, walk } from './walk.ts';

/** A statement that only gives one variable a value that can be dropped with it. */
function definitionOf(node: Statement): { id: Identifier; value: Expression | Statement | undefined } | undefined {
  if (node.type === 'FunctionDeclaration' && node.identifier) return { id: node.identifier, value: node };
  if (node.type !== 'LocalStatement' && node.type !== 'AssignmentStatement') return undefined;
  const [target] = node.variables;
  const [value] = node.init;
  if (node.variables.length !== 1 || node.init.length > 1 || target?.type !== 'Identifier' || !target.variable) return undefined;
  return value && !isPure(value) && !node.removable ? undefined : { id: target, value };
}

/** Variables that something reachable reads: definitions count only once the variable they define is itself read. */
function liveVariables(body: Statement[], keep: ReadonlySet<Variable>): Set<Variable> {
  const waiting = new Map<Variable, (Expression | Statement)[]>();
  const live = new Set<Variable>();
  const queue: (Expression | Statement)[] = [];
  const reach = (variable: Variable) => {
    if (live.has(variable)) return;
    live.add(variable);
    queue.push(...(waiting.get(variable) ?? []));
    waiting.delete(variable);
  };
  const visit = (node: Expression | Statement, root?: Expression | Statement): boolean | void => {
    const definition = node === root ? undefined : 'type' in node && isStatement(node) ? definitionOf(node) : undefined;
    if (definition?.id.variable) {
      const { variable } = definition.id;
      if (definition.value) {
        if (live.has(variable)) queue.push(definition.value);
        else waiting.set(variable, [...(waiting.get(variable) ?? []), definition.value]);
      }
      return false;
    }
    if (node.type === 'AssignmentStatement') {
      // Being assigned to is no reading, but one of several targets can't be removed alone.
      for (const target of node.variables) if (target.type !== 'Identifier' || node.variables.length > 1) walk(target, (inner) => visit(inner, target));
      for (const value of node.init) walk(value, (inner) => visit(inner));
      return false;
    }
    if (node.type === 'Identifier' && node.variable) reach(node.variable);
    return undefined;
  };
  for (const variable of keep) reach(variable);
  walk(body, (node) => visit(node));
  for (let next = queue.pop(); next; next = queue.pop()) {
    const root = next;
    walk(root, (node) => visit(node, root));
  }
  return live;
}

function isStatement(node: Expression | Statement): node is Statement {
  return node.type.endsWith('Statement') || (node.type === 'FunctionDeclaration' && node.identifier !== null);
}

/** Removes variables nothing reads, with their functions and values; what has effects stays. `keep` are always live. */
export function eliminateDead(body: Statement[], keep: ReadonlySet<Variable>): { body: Statement[]; removed: number } {
  const live = liveVariables(body, keep);
  let removed = 0;
  const drop = (kept: Statement[]): Statement[] => {
    removed += 1;
    return kept;
  };
  const effects = (value: Expression | undefined): Statement[] | undefined => {
    if (!value || isPure(value)) return [];
    return value.type === 'CallExpression' ? [{ type: 'CallStatement', expression: value, ...(value.at && { at: value.at }) }] : undefined;
  };
  const result = rewrite(body, {
    statement: (node) => {
      if (node.type === 'FunctionDeclaration') return node.identifier?.variable && !live.has(node.identifier.variable) ? drop([]) : node;
      if (node.type === 'LocalStatement' && node.variables.every((id) => id.variable && !live.has(id.variable))) {
        const [value] = node.init;
        if (node.removable || node.init.every(isPure)) return drop([]);
        const kept = node.init.length === 1 ? effects(value) : undefined;
        return kept ? drop(kept) : node;
      }
      if (node.type === 'AssignmentStatement' && node.variables.length === 1) {
        const [target] = node.variables;
        if (target?.type !== 'Identifier' || !target.variable || live.has(target.variable)) return node;
        const kept = node.removable ? [] : effects(node.init[0]);
        if (kept) return drop(kept);
        // An impure value that is no call: the variable goes, the evaluation stays.
        return drop([{ type: 'LocalStatement', variables: [{ type: 'Identifier', name: '_', variable: { name: '_' } }], init: node.init }]);
      }
      return node;
    },
  });
  return { body: result, removed };
}
