import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { isNothing } from '../syntax.ts';
import { partsOf, typeOf } from '../value-type.ts';

const K = ts.SyntaxKind;

/** `==` converts in JavaScript and never in Lua. */
export const looseEquality: LintRule = {
  name: 'loose-equality', summary: '== and !=', level: 'warning', kinds: [K.EqualsEqualsToken, K.ExclamationEqualsToken],
  check(token, { checker, file, report }) {
    const node = token.parent;
    if (!ts.isBinaryExpression(node) || isNothing(node.left) || isNothing(node.right)) return;
    const types = [typeOf(node.left, checker), typeOf(node.right, checker)];
    const isSame = [ts.TypeFlags.NumberLike, ts.TypeFlags.StringLike, ts.TypeFlags.BooleanLike]
      .some((flags) => types.every((type) => partsOf(type).every((part) => (part.flags & flags) !== 0)));
    report(node, {
      message: `${token.getText(file)} converts in JavaScript ("1" == 1) and never in Lua`, hint: `Use ${token.getText(file)}=.`,
      ...(isSame && { fix: { edits: [{ start: token.getStart(file), end: token.end, text: `${token.getText(file)}=` }] } }),
    });
  },
};
