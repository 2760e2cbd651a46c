import type { Expression, LocalStatement, Statement, Variable } from './tree.ts';
import { replaceFirst } from './replace-first.ts';
import { countReferences, type References } from './references.ts';
import { rewrite, walk } from './walk.ts';

/**
 * `local x = f() return x.y` becomes `return f().y`: a local read once, by the next statement, before anything that
 * could notice the difference.
 */
export function inlineOnce(body: Statement[], outside?: References): Statement[] {
  const references = countReferences(body, outside);
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
          if (!value || !replaceFirst(next, (item, spreads) => (item.type === 'Identifier' && item.variable === value.variable ? single(value.init, spreads) : undefined), references)) break;
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

function single(init: Expression, spreads: boolean): Expression {
  return spreads && (init.type === 'CallExpression' || init.type === 'VarargLiteral') ? { ...init, inParens: true } : init;
}
