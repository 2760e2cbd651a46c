import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { isGlobal, isReference } from '../syntax.ts';

const K = ts.SyntaxKind;

/** A message is answered in one go: nothing comes back later, and luerl has no coroutines. */
export const asynchrony: LintRule = {
  name: 'asynchrony', summary: 'async, await, Promise, generators', level: 'warning',
  kinds: [K.AsyncKeyword, K.AwaitExpression, K.YieldExpression, K.AsteriskToken, K.Identifier],
  check(node, { checker, report }) {
    if (node.kind === K.AsteriskToken && ts.isBinaryExpression(node.parent)) return;
    if (ts.isIdentifier(node) && !((node.text === 'Promise' || node.text === 'queueMicrotask') && isReference(node) && isGlobal(node, checker))) return;
    const what = node.kind === K.AsteriskToken || ts.isYieldExpression(node) ? 'generators need coroutines, which AO\'s Lua does not have' : 'a message is answered in one go: nothing can be awaited';
    report(node, { message: what, hint: 'Keep what is unfinished in components, and go on with the next message or tick.' });
  },
};
