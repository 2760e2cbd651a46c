import type { IfStatement, ReturnStatement, Statement } from './tree.ts';
import { walk } from './walk.ts';

/**
 * A function's body without `return`: what a return does instead is up to `finish`, which hears of each, and of the end
 * (`undefined`). Statements after a branch that returned move into the branch that did not. `undefined` where that would
 * take a jump or a copy.
 */
export function settle(body: Statement[], finish: (node: ReturnStatement | undefined) => Statement[]): Statement[] | undefined {
  const at = body.findIndex(returns);
  const node = body[at];
  if (!node) return [...body, ...finish(undefined)];
  const before = body.slice(0, at);
  if (node.type === 'ReturnStatement') return [...before, ...finish(node)];
  const branch = node.type === 'IfStatement' ? settleBranches(node, body.slice(at + 1), finish) : undefined;
  return branch && [...before, branch];
}

function settleBranches(node: IfStatement, rest: Statement[], finish: (node: ReturnStatement | undefined) => Statement[]): IfStatement | undefined {
  const complete = node.clauses[node.clauses.length - 1]?.type === 'ElseClause';
  const clauses = complete ? node.clauses : [...node.clauses, { type: 'ElseClause' as const, body: [] }];
  if (rest.length > 0 && clauses.filter(({ body }) => !alwaysReturns(body)).length > 1) return undefined;
  const settled = clauses.map(({ body }) => settle(alwaysReturns(body) ? body : [...body, ...rest], finish));
  if (settled.some((body) => body === undefined)) return undefined;
  const kept = clauses.map((clause, index) => ({ ...clause, body: settled[index] ?? [] }));
  return { ...node, clauses: kept.filter(({ type, body }) => type !== 'ElseClause' || body.length > 0) };
}

/** Whether it leaves the function, at its end or within: not what functions in it do. */
function returns(node: Statement): boolean {
  let found = false;
  walk(node, (inner) => {
    if (inner.type === 'FunctionDeclaration') return false;
    if (inner.type === 'ReturnStatement') found = true;
    return !found;
  });
  return found;
}

export function alwaysReturns(body: readonly Statement[]): boolean {
  const last = body[body.length - 1];
  if (last?.type === 'DoStatement') return alwaysReturns(last.body);
  if (last?.type === 'IfStatement') return last.clauses[last.clauses.length - 1]?.type === 'ElseClause' && last.clauses.every((clause) => alwaysReturns(clause.body));
  return last?.type === 'ReturnStatement';
}
