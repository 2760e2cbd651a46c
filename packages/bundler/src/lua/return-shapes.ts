import type { Expression, IfStatement, ReturnStatement, Statement } from './tree.ts';
import { binary } from './build.ts';
import { isBoolean, isTruthy, negated, opposite } from './truth.ts';
import { rewrite, walk } from './walk.ts';

/**
 * Fewer words for the same flow, in functions that give exactly one value: `if a then return b end return c` becomes
 * `return a and b or c` where `b` is always true, guards with the same result become one, and `if a then return end …`
 * becomes `if not a then … end`.
 */
export function shapeReturns(body: Statement[]): Statement[] {
  walk(body, (node) => {
    if (node.type === 'FunctionDeclaration' && node.givesOne) node.body = tail(rewrite(node.body, { block: (statements) => shapeChoices(mergeGuards(statements)) }));
  });
  return body;
}

/** A block whose end is the function's. */
function tail(statements: Statement[]): Statement[] {
  let body = [...statements];
  for (let at = body.length - 2; at >= 0; at -= 1) {
    const node = body[at];
    const next = body[at + 1];
    if (!node || !next) continue;
    const joined = at === body.length - 2 && next.type === 'ReturnStatement' ? joinReturns(node, next) : undefined;
    if (joined) body = [...body.slice(0, at), joined];
    else if (isBareGuard(node)) body = [...body.slice(0, at), { ...node, clauses: [{ type: 'IfClause', condition: opposite(conditionOf(node)), body: body.slice(at + 1) }] }];
  }
  const last = body[body.length - 1];
  if (last?.type === 'ReturnStatement' && last.arguments.length === 0) return body.slice(0, -1);
  if (last?.type === 'IfStatement') last.clauses = last.clauses.map((clause) => ({ ...clause, body: tail(clause.body) }));
  return body;
}

/** `if a then return end`. */
function isBareGuard(node: Statement): node is IfStatement {
  const returned = guardOf(node);
  return returned !== undefined && returned.arguments.length === 0;
}

/** What an `if` with one clause does, if it does nothing but return. */
function guardOf(node: Statement): ReturnStatement | undefined {
  if (node.type !== 'IfStatement' || node.clauses.length !== 1) return undefined;
  const [only, ...more] = node.clauses[0]?.body ?? [];
  return only?.type === 'ReturnStatement' && more.length === 0 ? only : undefined;
}

function conditionOf(node: IfStatement): Expression {
  return node.clauses[0]?.condition ?? { type: 'BooleanLiteral', value: true };
}

function joinReturns(node: Statement, next: ReturnStatement): Statement | undefined {
  const [first] = guardOf(node)?.arguments ?? [];
  const [second] = next.arguments;
  if (node.type !== 'IfStatement' || !first || !second || next.arguments.length !== 1) return undefined;
  const value = choice(conditionOf(node), first, second);
  return value && { ...next, arguments: [value], ...(node.at && { at: node.at }) };
}

/** `first` when the condition holds, else `second`, as one expression. */
function choice(condition: Expression, first: Expression, second: Expression): Expression | undefined {
  if (first.type === 'BooleanLiteral') {
    if (!first.value) return second.type === 'BooleanLiteral' && second.value ? negated(condition) : binary('and', negated(condition), second);
    if (isBoolean(condition)) return second.type === 'BooleanLiteral' && !second.value ? condition : binary('or', condition, second);
  }
  if (isTruthy(first)) return binary('or', binary('and', condition, first), second);
  return first.type === 'NilLiteral' && isTruthy(second) ? binary('or', binary('and', negated(condition), second), first) : undefined;
}

/** `if a then return 1 end if b then return 1 end` → `if a or b then return 1 end`. */
function mergeGuards(body: Statement[]): Statement[] {
  const result: Statement[] = [];
  for (const node of body) {
    const last = result[result.length - 1];
    if (last?.type === 'IfStatement' && node.type === 'IfStatement' && returnsSame(guardOf(last), guardOf(node))) {
      last.clauses = last.clauses.map((clause) => ({ ...clause, condition: binary('or', conditionOf(last), conditionOf(node)) }));
    } else result.push(node);
  }
  return result;
}

function returnsSame(first: ReturnStatement | undefined, second: ReturnStatement | undefined): boolean {
  if (!first || !second || first.arguments.length !== second.arguments.length) return false;
  const [a] = first.arguments;
  const [b] = second.arguments;
  if (!a || !b) return first.arguments.length === 0;
  return a.type === b.type && (a.type === 'NilLiteral' || ('value' in a && 'value' in b && a.value === b.value));
}

/** `if a then x = b else x = c end` → `x = a and b or c`; and `local x if a then x = b else x = nil end` needs no `else`. */
function shapeChoices(body: Statement[]): Statement[] {
  const result: Statement[] = [];
  for (const node of body) {
    const last = result[result.length - 1];
    const shaped = chosen(node);
    if (!shaped) result.push(node);
    else if (last?.type !== 'LocalStatement' || last.init.length > 0 || last.variables.length !== 1 || last.variables[0]?.variable !== shaped.target.variable) {
      const value = choice(shaped.condition, shaped.first, shaped.second);
      result.push(value ? { type: 'AssignmentStatement', variables: [shaped.target], init: [value], ...(node.at && { at: node.at }) } : node);
    } else {
      const value = choice(shaped.condition, shaped.first, shaped.second);
      if (value) result.splice(-1, 1, { ...last, init: [value] });
      else if (shaped.second.type === 'NilLiteral') result.push({ ...shaped.statement, clauses: shaped.statement.clauses.slice(0, 1) });
      else if (shaped.first.type === 'NilLiteral') result.push({ ...shaped.statement, clauses: shaped.statement.clauses.slice(1).map((clause) => ({ ...clause, type: 'IfClause' as const, condition: opposite(shaped.condition) })) });
      else result.push(node);
    }
  }
  return result;
}

function chosen(node: Statement) {
  if (node.type !== 'IfStatement' || node.clauses.length !== 2 || node.clauses[1]?.condition) return undefined;
  const [first, second] = node.clauses.map(({ body }) => (body.length === 1 && body[0]?.type === 'AssignmentStatement' && body[0].variables.length === 1 && body[0].init.length === 1 ? body[0] : undefined));
  const [target, other] = [first?.variables[0], second?.variables[0]];
  const [a, b] = [first?.init[0], second?.init[0]];
  if (target?.type !== 'Identifier' || !target.variable || other?.type !== 'Identifier' || other.variable !== target.variable || !a || !b) return undefined;
  return { statement: node, target, condition: conditionOf(node), first: a, second: b };
}
