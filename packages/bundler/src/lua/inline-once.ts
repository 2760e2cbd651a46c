import type { CallExpression, Expression, LocalStatement, Statement, Variable } from './tree.ts';
import { countReferences, type References } from './references.ts';
import { rewrite, walk } from './walk.ts';

/**
 * `local x = f() return x.y` becomes `return f().y`: a local read once, by the next statement, before anything that
 * could notice the difference.
 */
export function inlineOnce(body: Statement[]): Statement[] {
  const references = countReferences(body);
  const mentions = new Map<Variable, number>();
  walk(body, (node) => {
    if (node.type === 'Identifier' && node.variable) mentions.set(node.variable, (mentions.get(node.variable) ?? 0) + 1);
  });
  return rewrite(body, {
    block: (statements) => {
      const result: Statement[] = [];
      for (const next of statements) {
        for (let last = result[result.length - 1]; last?.type === 'LocalStatement'; last = result[result.length - 1]) {
          const value = onceUsed(last, mentions, references);
          if (!value || !substitute(next, value.variable, value.init, references)) break;
          result.pop();
        }
        result.push(next);
      }
      return result;
    },
  });
}

function onceUsed(node: LocalStatement, mentions: ReadonlyMap<Variable, number>, references: References): { variable: Variable; init: Expression } | undefined {
  const [id] = node.variables;
  const [init] = node.init;
  if (node.variables.length !== 1 || !id?.variable || !init || init.type === 'FunctionDeclaration') return undefined;
  return mentions.get(id.variable) === 1 && references.writes(id.variable) === 0 ? { variable: id.variable, init } : undefined;
}

/** Puts `init` where `variable` stands, if that is what the statement evaluates first. */
function substitute(node: Statement, variable: Variable, init: Expression, references: References): boolean {
  const inList = (list: Expression[], spreads: boolean): boolean => {
    for (let index = 0; index < list.length; index += 1) {
      const item = list[index];
      if (!item) return false;
      const outcome = first(item, spreads && index === list.length - 1);
      if (typeof outcome === 'object') {
        list[index] = outcome;
        return true;
      }
      if (outcome === 'stop') return false;
    }
    return false;
  };
  const within = <K extends string>(holder: Record<K, Expression>, key: K): Expression | 'pass' | 'stop' => {
    const outcome = first(holder[key], false);
    if (typeof outcome === 'object') holder[key] = outcome;
    return outcome;
  };
  const done = (outcome: Expression | 'pass' | 'stop', owner: Expression): Expression | 'pass' | 'stop' => (typeof outcome === 'object' ? owner : outcome);
  /** The changed expression; `pass`: evaluating it changes nothing, look further; `stop`: give up. */
  const first = (item: Expression, spreads: boolean): Expression | 'pass' | 'stop' => {
    switch (item.type) {
      case 'Identifier':
        if (item.variable === variable) return spreads && (init.type === 'CallExpression' || init.type === 'VarargLiteral') ? { ...init, inParens: true } : init;
        return !item.variable || references.writes(item.variable) === 0 || references.functionOf(item.variable) ? 'pass' : 'stop';
      case 'StringLiteral': case 'NumericLiteral': case 'BooleanLiteral': case 'NilLiteral': return 'pass';
      case 'MemberExpression': {
        const outcome = done(within(item, 'base'), item);
        return outcome === 'pass' ? (item.base.type === 'Identifier' && !item.base.variable ? 'pass' : 'stop') : outcome;
      }
      case 'IndexExpression': {
        const base = done(within(item, 'base'), item);
        if (base !== 'pass') return base;
        const index = done(within(item, 'index'), item);
        return index === 'pass' ? 'stop' : index;
      }
      case 'UnaryExpression': return stopAfter(done(within(item, 'argument'), item));
      case 'LogicalExpression': return stopAfter(done(within(item, 'left'), item));
      case 'BinaryExpression': {
        const left = done(within(item, 'left'), item);
        return left === 'pass' ? stopAfter(done(within(item, 'right'), item)) : left;
      }
      case 'CallExpression': return callFirst(item);
      case 'TableConstructorExpression': return 'stop';
      default: return 'stop';
    }
  };
  const callFirst = (item: CallExpression): Expression | 'stop' => {
    const base = done(within(item, 'base'), item);
    if (typeof base === 'object') return base;
    // A method's function is looked up before its arguments are evaluated.
    if (base === 'stop' || (item.base.type === 'MemberExpression' && item.base.indexer === ':')) return 'stop';
    return inList(item.arguments, true) ? item : 'stop';
  };
  switch (node.type) {
    case 'LocalStatement': return inList(node.init, node.variables.length > node.init.length);
    case 'AssignmentStatement':
      return node.variables.every((target) => target.type === 'Identifier') && node.variables.length === 1 && inList(node.init, false);
    case 'CallStatement': return typeof within(node, 'expression') === 'object';
    case 'ReturnStatement': return inList(node.arguments, true);
    case 'IfStatement': {
      const [clause] = node.clauses;
      if (!clause?.condition) return false;
      const outcome = first(clause.condition, false);
      if (typeof outcome === 'object') clause.condition = outcome;
      return typeof outcome === 'object';
    }
    case 'ForGenericStatement': return node.iterators.length === 1 && inList(node.iterators, false) && node.iterators[0]?.type === 'CallExpression';
    default: return false;
  }
}

function stopAfter(outcome: Expression | 'pass' | 'stop'): Expression | 'stop' {
  return outcome === 'pass' ? 'stop' : outcome;
}
