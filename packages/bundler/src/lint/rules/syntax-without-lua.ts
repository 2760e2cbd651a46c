import ts from 'typescript';
import type { LintRule } from '../rule.ts';

const K = ts.SyntaxKind;
const WHAT: ReadonlyMap<ts.SyntaxKind, readonly [what: string, hint: string]> = new Map([
  [K.PrivateIdentifier, ['#private names', 'Use private, or a variable of the module.']],
  [K.LabeledStatement, ['labels', 'Move the inner loop to a function and return from it.']],
  [K.GetAccessor, ['getters', 'Write a function.']],
  [K.SetAccessor, ['setters', 'Write a function.']],
  [K.Decorator, ['decorators', 'Call the function yourself.']],
  [K.BigIntLiteral, ['bigint', 'Stay below 2^53, or keep digits in two numbers.']],
]);

/** Syntax that the compiler to Lua refuses, or runs differently. */
export const syntaxWithoutLua: LintRule = {
  name: 'syntax-without-lua', summary: '#private, labels, accessors, decorators, bigint', level: 'warning', kinds: [...WHAT.keys()],
  check(node, { report }) {
    const [what, hint] = WHAT.get(node.kind) ?? ['this', ''];
    if (ts.isPrivateIdentifier(node) && !ts.isClassElement(node.parent)) return; // said where it is declared
    report(ts.isLabeledStatement(node) ? node.label : node, { message: `${what} don't exist in the Lua that AO runs`, hint });
  },
};
