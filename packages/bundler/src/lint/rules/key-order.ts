import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { outside, staticCall } from '../syntax.ts';

const LISTS = new Set(['Object.keys', 'Object.values', 'Object.entries', 'Reflect.ownKeys', 'Object.getOwnPropertyNames']);

/** Lua's tables have no order: it changes from run to run. */
export const keyOrder: LintRule = {
  name: 'key-order', summary: 'for…in, Object.keys, values and entries', level: 'warning', kinds: [ts.SyntaxKind.ForInStatement, ts.SyntaxKind.CallExpression],
  check(node, { checker, report }) {
    const hint = 'Keep a list of the keys beside the table, or sort them: Object.keys(x).sort().';
    if (ts.isForInStatement(node)) return report(node.expression, { message: 'for…in has no order in Lua: it changes from run to run', hint });
    const name = staticCall(node as ts.CallExpression, checker);
    if (name === undefined || !LISTS.has(name)) return;
    const { parent } = outside(node);
    if (ts.isPropertyAccessExpression(parent) && (parent.name.text === 'length' || (parent.name.text === 'sort' && name === 'Object.keys'))) return;
    report(node, { message: `${name} has no order in Lua: it changes from run to run`, hint });
  },
};
