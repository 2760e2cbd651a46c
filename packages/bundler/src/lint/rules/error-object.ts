import ts from 'typescript';
import { replace } from '../fix.ts';
import type { LintRule, RuleContext } from '../rule.ts';
import { bare } from '../syntax.ts';
import { isString, typeOf } from '../value-type.ts';

/** Luerl turns an error that is a table into the text "table: 14". */
export const errorObject: LintRule = {
  name: 'error-object', summary: 'errors that are not strings', level: 'warning', kinds: [ts.SyntaxKind.ThrowStatement, ts.SyntaxKind.CatchClause],
  check(node, context) {
    if (ts.isThrowStatement(node)) checkThrow(node, context);
    else checkCatch(node as ts.CatchClause, context);
  },
};

function checkThrow({ expression }: ts.ThrowStatement, { checker, file, report }: RuleContext): void {
  const thrown = bare(expression);
  const type = typeOf(thrown, checker);
  if (isString(type) || (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0) return;
  const [message, more] = ts.isNewExpression(thrown) ? thrown.arguments ?? [] : [];
  report(expression, {
    message: 'luerl loses an error that is not a string: what is caught is the text "table: 14"', hint: 'Throw a string, "game/reason: what happened", or return a code.',
    ...(message && !more && isString(typeOf(message, checker)) && { fix: replace(expression, file, message.getText(file)) }),
  });
}

function checkCatch({ variableDeclaration, block }: ts.CatchClause, { checker, report }: RuleContext): void {
  const name = variableDeclaration?.name;
  const symbol = name && checker.getSymbolAtLocation(name);
  if (!symbol) return;
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && checker.getSymbolAtLocation(node) === symbol) {
      let { parent } = node;
      while (ts.isParenthesizedExpression(parent) || ts.isAsExpression(parent)) parent = parent.parent;
      const isInstance = ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;
      if (ts.isPropertyAccessExpression(parent) || isInstance) {
        report(parent, { message: 'a caught error is a string in Lua: it has no properties and no class', hint: 'Throw strings and look at their text, or return codes.' });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(block);
}
