import type { FunctionExpression, Statement } from './tree.ts';
import { rewrite, walk } from './walk.ts';

/** Locals of a function up to which its blocks may share one scope: Lua allows 200, loops keep some for themselves. */
const MAX_LOCALS = 100;

/**
 * Dissolves `do … end` inside functions. Variables are told apart by identity, not by name, so the scope is not needed;
 * the blocks of the program itself stay, since they are what keeps it below Lua's limit of locals.
 */
export function flattenBlocks(body: Statement[]): Statement[] {
  walk(body, (node) => {
    if (node.type === 'FunctionDeclaration' && canFlatten(node)) {
      node.body = rewrite(node.body, { block: (statements) => statements.flatMap((inner, index) => dissolve(inner, index === statements.length - 1)) });
    }
  });
  return body;
}

function canFlatten(node: FunctionExpression): boolean {
  let locals = 0;
  let jumps = false;
  walk(node.body, (inner) => {
    if (inner.type === 'LocalStatement') locals += inner.variables.length;
    // A jump must not enter the scope of a local.
    if (inner.type === 'GotoStatement' || inner.type === 'LabelStatement') jumps = true;
  });
  return locals <= MAX_LOCALS && !jumps;
}

/** What ends a block must stay at the end of one. */
function dissolve(node: Statement, isLast: boolean): Statement[] {
  if (node.type !== 'DoStatement') return [node];
  const last = node.body[node.body.length - 1];
  return isLast || (last?.type !== 'ReturnStatement' && last?.type !== 'BreakStatement') ? node.body : [node];
}
