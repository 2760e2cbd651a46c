import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { methodOf } from '../syntax.ts';

const AT_ONCE = new Set(['map', 'filter', 'some', 'every', 'find', 'findIndex', 'forEach', 'reduce', 'sort', 'flatMap']);

/** The variable of `for (let …;;)` is fresh each turn in JavaScript, one for all turns in Lua. */
export const loopClosure: LintRule = {
  name: 'loop-closure', summary: 'functions that keep the variable of a for loop', level: 'warning', kinds: [ts.SyntaxKind.ForStatement],
  check(node, { checker, report }) {
    const { initializer, statement } = node as ts.ForStatement;
    if (!initializer || !ts.isVariableDeclarationList(initializer) || (initializer.flags & ts.NodeFlags.Let) === 0) return;
    const variables = new Set(initializer.declarations.map(({ name }) => checker.getSymbolAtLocation(name)));
    const visit = (at: ts.Node, closure: ts.Node | undefined): void => {
      if (closure && ts.isIdentifier(at)) {
        const symbol = ts.isShorthandPropertyAssignment(at.parent) ? checker.getShorthandAssignmentValueSymbol(at.parent) : checker.getSymbolAtLocation(at);
        if (symbol && variables.has(symbol)) {
          report(at, { message: `a function keeps ${at.text}, which the turns of this loop share in Lua: all see its last value`, hint: `Copy it inside the loop: const own = ${at.text}; or pass it as a parameter.` });
        }
        return;
      }
      const inner = ts.isFunctionLike(at) && !runsAtOnce(at) ? at : closure;
      ts.forEachChild(at, (child) => visit(child, inner));
    };
    visit(statement, undefined);
  },
};

function runsAtOnce({ parent }: ts.Node): boolean {
  return ts.isCallExpression(parent) && AT_ONCE.has(methodOf(parent)?.name ?? '');
}
