import type luaparse from 'luaparse';
import { parseLua, type Ranged } from './lua-source.ts';

/** Operators luerl computes differently, and the global function of the profile's prelude that computes them so. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  '/': '__vm_div', '//': '__vm_idiv', '%': '__vm_mod', '^': '__vm_pow', '>>': '__vm_shr',
};

interface Edit {
  at: number;
  /** Characters of the source that the text replaces. */
  removed: number;
  text: string;
}

/**
 * Rewrites a module so that a plain Lua 5.3 computes its operators as luerl does: `a / b` becomes `__vm_div(a, b)`
 * unless the divisor is a literal from 1 up, and operands of `..` that may be floats go through `__vm_text`.
 * Lines keep their numbers. Checks the source on the way.
 * @throws Fault like `checkLua`
 */
export function rewriteOperators(code: string, file: string): string {
  // Inner nodes are seen first: of openings at one place the later seen comes first, of closings the earlier.
  const openings: Edit[] = [];
  const others: Edit[] = [];
  const wrap = (name: string, [start, end]: [number, number]) => {
    // Minified code has `return(a)/b` and `or"x"..y`: the name must not grow together with the word before it.
    const blank = start > 0 && /\w/.test(code[start - 1]!) ? ' ' : '';
    openings.push({ at: start, removed: 0, text: `${blank}${name}(` });
    others.push({ at: end, removed: 0, text: ')' });
  };

  parseLua(code, file, (node) => {
    if (node.type !== 'BinaryExpression') return;
    const { operator, left, right } = node as luaparse.BinaryExpression;
    if (operator === '..') {
      for (const operand of [left, right]) if (mayBeFloat(operand)) wrap('__vm_text', (operand as Ranged).range);
      return;
    }
    const name = FUNCTIONS[operator];
    if (name === undefined || isHarmless(operator, right)) return;
    wrap(name, (node as Ranged).range);
    others.push({ at: operatorAt(code, (left as Ranged).range[1]), removed: operator.length, text: ',' });
  });

  return applied(code, openings.reverse(), others);
}

function applied(code: string, openings: Edit[], others: Edit[]): string {
  if (openings.length === 0) return code;
  // Both sorts are stable. At one place: closings of what ends there, then openings of what begins.
  const edits = [...others, ...openings].sort((a, b) => a.at - b.at);
  const parts: string[] = [];
  let at = 0;
  for (const edit of edits) {
    parts.push(code.slice(at, edit.at), edit.text);
    at = edit.at + edit.removed;
  }
  parts.push(code.slice(at));
  return parts.join('');
}

/** Between the left operand and its operator stand only closing parentheses, blanks and comments. */
function operatorAt(code: string, start: number): number {
  const skipped = /(?:[\s)]|--\[(=*)\[[^]*?\]\1\]|--(?!\[=*\[)[^\n]*)*/y;
  skipped.lastIndex = start;
  return start + skipped.exec(code)![0].length;
}

function isHarmless(operator: string, right: luaparse.Expression): boolean {
  const number = right.type === 'UnaryExpression' && right.operator === '-' ? right.argument : right;
  // Below 1 a quotient may leave the range of floats.
  return (operator === '/' || operator === '%') && number.type === 'NumericLiteral' && number.value >= 1;
}

function mayBeFloat(operand: luaparse.Expression): boolean {
  switch (operand.type) {
    case 'StringLiteral': return false;
    case 'NumericLiteral': return !/^\d+$/.test(operand.raw);
    case 'BinaryExpression': return operand.operator !== '..';
    default: return true;
  }
}
