import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { isGlobal } from '../syntax.ts';

/** Lua's patterns are another language. */
export const regex: LintRule = {
  name: 'regex', summary: 'regular expressions', level: 'warning', kinds: [ts.SyntaxKind.RegularExpressionLiteral, ts.SyntaxKind.NewExpression, ts.SyntaxKind.CallExpression],
  check(node, { checker, report }) {
    const callee = ts.isNewExpression(node) || ts.isCallExpression(node) ? node.expression : undefined;
    if (callee && !(ts.isIdentifier(callee) && callee.text === 'RegExp' && isGlobal(callee, checker))) return;
    report(node, { message: 'Lua has no regular expressions', hint: 'Compare characters, or use split of @beamline/ecs; check player text in the client.' });
  },
};
