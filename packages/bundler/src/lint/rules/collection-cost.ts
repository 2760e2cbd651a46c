import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { isGlobal } from '../syntax.ts';

/** Map and Set behave alike everywhere, and cost. */
export const collectionCost: LintRule = {
  name: 'collection-cost', summary: 'Map and Set', level: 'advice', kinds: [ts.SyntaxKind.NewExpression],
  check(node, { checker, report }) {
    const { expression } = node as ts.NewExpression;
    if (!ts.isIdentifier(expression) || (expression.text !== 'Map' && expression.text !== 'Set') || !isGlobal(expression, checker)) return;
    report(expression, { message: `${expression.text} brings kilobytes of library along, and a table for each element`, hint: 'A list by entity (keyedColumns), or emptyRecord for strings, does the same; the order is the list\'s.' });
  },
};
