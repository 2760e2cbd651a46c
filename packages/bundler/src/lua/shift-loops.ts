import type { BinaryExpression, Expression, ForNumericStatement, Statement, Variable } from './tree.ts';
import { binary, number, ref } from './build.ts';
import { rewrite, walk } from './walk.ts';

/**
 * `for i = 0, n - 1 do … t[i + 1] … end` → `for i = 1, n do … t[i] … end`, where the counter is mostly wanted plus one:
 * lists count from 0 in TypeScript and from 1 in Lua.
 */
export function shiftLoops(body: Statement[]): Statement[] {
  return rewrite(body, { statement: (node) => (node.type === 'ForNumericStatement' && gains(node) ? shifted(node) : node) });
}

function gains({ variable: { variable }, start, end, step, body }: ForNumericStatement): boolean {
  if (!variable || step !== null || start.type !== 'NumericLiteral' || start.value !== 0 || !isWholeNumber(start.raw)) return false;
  let plus = end.type === 'BinaryExpression' && end.operator === '-' ? 1 : 0;
  let plain = 0;
  const within = new Set<Expression>();
  walk(body, (node) => {
    const sum = next(node as Expression, variable);
    if (sum) {
      within.add(sum);
      plus += 1;
    } else if (node.type === 'Identifier' && node.variable === variable && !within.has(node)) plain += 1;
  });
  return plus > plain;
}

function isWholeNumber(raw: string): boolean {
  return /^\d+$/.test(raw);
}

/** The mention of the counter in `i + 1` or `x + i + 1`. */
function next(node: Expression, variable: Variable): Expression | undefined {
  if (node.type !== 'BinaryExpression' || node.operator !== '+' || !isOne(node.right)) return undefined;
  const last = node.left.type === 'BinaryExpression' && node.left.operator === '+' ? node.left.right : node.left;
  return last.type === 'Identifier' && last.variable === variable ? last : undefined;
}

function isOne(node: Expression): boolean {
  return node.type === 'NumericLiteral' && node.raw === '1';
}

function shifted(node: ForNumericStatement): ForNumericStatement {
  const { variable } = node.variable;
  if (!variable) return node;
  const bare = new Set<Expression>();
  const replaced = rewrite(node.body, {
    expression: (inner) => {
      const last = next(inner, variable);
      if (!last) {
        if (inner.type === 'Identifier' && inner.variable === variable) bare.add(inner);
        return inner;
      }
      bare.delete(last);
      return (inner as BinaryExpression).left;
    },
  });
  const body = rewrite(replaced, { expression: (inner) => (bare.has(inner) ? binary('-', ref(variable), number(1)) : inner) });
  return { ...node, start: number(1), end: plusOne(node.end), body };
}

function plusOne(end: Expression): Expression {
  if (end.type === 'NumericLiteral') return number(end.value + 1);
  return end.type === 'BinaryExpression' && end.operator === '-' && isOne(end.right) ? end.left : binary('+', end, number(1));
}
