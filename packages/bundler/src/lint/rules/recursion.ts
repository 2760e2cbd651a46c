import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { calledName } from '../syntax.ts';

/** The kernel stops what is 2,000 calls deep. */
export const recursion: LintRule = {
  name: 'recursion', summary: 'functions that call themselves', level: 'advice', kinds: [ts.SyntaxKind.CallExpression],
  check(node, { checker, report }) {
    const call = node as ts.CallExpression;
    if (calledName(call) === undefined) return;
    const called = checker.getSymbolAtLocation(call.expression)?.valueDeclaration;
    for (let at: ts.Node | undefined = node.parent; at && called; at = at.parent) {
      if (at !== called || !ts.isFunctionDeclaration(at)) continue;
      return report(call, { message: `${calledName(call)} calls itself: each call is charged, and 2,000 deep the message fails`, hint: 'Use a loop with a list of what is left to do.' });
    }
  },
};
