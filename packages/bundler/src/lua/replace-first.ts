import type { CallExpression, Expression, Statement } from './tree.ts';
import type { References } from './references.ts';

/**
 * Replaces what `find` knows by what it gives, if nothing that the statement evaluates before it could notice or be
 * noticed. `spreads`: in a place where a call would give all its values. Returns whether it did.
 */
export function replaceFirst(node: Statement, find: (item: Expression, spreads: boolean) => Expression | undefined, references: References): boolean {
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
    const found = find(item, spreads);
    if (found) return found;
    switch (item.type) {
      case 'Identifier':
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
      case 'TableConstructorExpression': {
        for (const [index, field] of item.fields.entries()) {
          if (field.type === 'TableKey' && first(field.key, false) !== 'pass') return 'stop';
          const outcome = first(field.value, field.type === 'TableValue' && index === item.fields.length - 1);
          if (typeof outcome === 'object') field.value = outcome;
          if (outcome !== 'pass') return done(outcome, item);
        }
        return 'pass';
      }
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
