import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { isNothing } from '../syntax.ts';
import { mayBe, typeOf } from '../value-type.ts';

const K = ts.SyntaxKind;

/** Null and undefined are one in Lua; telling them apart works in JavaScript alone. */
export const nullOrUndefined: LintRule = {
  name: 'null-or-undefined', summary: 'telling null from undefined', level: 'warning', kinds: [K.EqualsEqualsEqualsToken, K.ExclamationEqualsEqualsToken],
  check(token, { checker, report }) {
    const node = token.parent;
    if (!ts.isBinaryExpression(node)) return;
    const other = isNothing(node.right) ? node.left : isNothing(node.left) ? node.right : undefined;
    const type = other && typeOf(other, checker);
    if (!type || !mayBe(type, ts.TypeFlags.Null) || !mayBe(type, ts.TypeFlags.Undefined)) return;
    report(node, { message: 'null and undefined are the same in Lua, where this is true for both', hint: 'Compare with == null, or let the type have one of the two only.' });
  },
};
