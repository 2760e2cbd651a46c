import type { Expression, ForNumericStatement, Identifier, Statement, Variable, WhileStatement } from './tree.ts';
import { binary, negative, number } from './build.ts';
import { countReferences, type References } from './references.ts';
import { rewrite, walk } from './walk.ts';

/**
 * TypeScriptToLua makes every counting loop a `while`. Where the counter only counts and the limit can't change, Lua's
 * numeric `for` does the same at a third of the cost, with a fresh variable each turn as JavaScript has it.
 */
export function useNumericFor(body: Statement[], outside?: References): Statement[] {
  const references = countReferences(body, outside);
  const lengths = lengthsIn(body, references);
  return rewrite(body, {
    block: (statements) => statements.flatMap((node, index): Statement[] => {
      const next = statements[index + 1];
      if (node.type === 'LocalStatement' && next?.type === 'WhileStatement' && index === statements.length - 2) {
        const loop = numericFor(node.variables, node.init, next, references, lengths);
        if (loop) {
          statements.length = index + 1;
          return [loop];
        }
      }
      return [node];
    }),
  });
}

function numericFor(ids: Identifier[], init: Expression[], loop: WhileStatement, references: References, lengths: ReadonlySet<Variable>): ForNumericStatement | undefined {
  const [id] = ids;
  const [start] = init;
  const step = loop.body[loop.body.length - 1];
  const { condition } = loop;
  if (!id?.variable || !start || ids.length !== 1 || init.length !== 1 || condition.type !== 'BinaryExpression') return undefined;
  if (!isVariable(condition.left, id.variable)) return undefined;
  const by = step && stepOf(step, id.variable);
  const inner = loop.body.slice(0, -1);
  if (!by || references.writes(id.variable) !== 1 || !isFixed(condition.right, references, inner)) return undefined;
  const limit = limitOf(condition.operator, condition.right, by, lengths);
  return limit && {
    type: 'ForNumericStatement', variable: id, start, end: limit, body: inner,
    step: by === 1 ? null : by < 0 ? negative(number(-by)) : number(by),
    ...(loop.at && { at: loop.at }),
  };
}

function isVariable(node: Expression, variable: Variable): boolean {
  return node.type === 'Identifier' && node.variable === variable;
}

/** `i = i + 2` → 2, `i = i - 1` → -1. */
function stepOf(node: Statement, variable: Variable): number | undefined {
  if (node.type !== 'AssignmentStatement' || node.variables.length !== 1 || node.init.length !== 1) return undefined;
  const [target] = node.variables;
  const [value] = node.init;
  if (!target || !isVariable(target, variable) || value?.type !== 'BinaryExpression' || !isVariable(value.left, variable)) return undefined;
  if (value.right.type !== 'NumericLiteral' || !Number.isInteger(value.right.value) || value.right.value < 1) return undefined;
  return value.operator === '+' ? value.right.value : value.operator === '-' ? -value.right.value : undefined;
}

function isFixed(node: Expression, references: References, body: Statement[]): boolean {
  if (node.type === 'NumericLiteral') return true;
  if (node.type === 'Identifier') return node.variable !== undefined && references.writes(node.variable) === 0;
  if (node.type === 'BinaryExpression' && (node.operator === '+' || node.operator === '-')) return isFixed(node.left, references, body) && isFixed(node.right, references, body);
  return node.type === 'UnaryExpression' && node.operator === '#' && node.argument.type === 'Identifier' && isFixed(node.argument, references, body) && leavesTablesAlone(body);
}

/** No call and no store could change the length of a table. */
function leavesTablesAlone(body: Statement[]): boolean {
  let calm = true;
  walk(body, (node) => {
    if (node.type === 'CallExpression') calm = false;
    if (node.type === 'AssignmentStatement' && node.variables.some((target) => target.type !== 'Identifier')) calm = false;
  });
  return calm;
}

/** Locals that always hold the length of something. */
function lengthsIn(body: Statement[], references: References): Set<Variable> {
  const found = new Set<Variable>();
  walk(body, (node) => {
    const [id] = node.type === 'LocalStatement' && node.variables.length === 1 ? node.variables : [];
    const [value] = node.type === 'LocalStatement' ? node.init : [];
    if (id?.variable && value?.type === 'UnaryExpression' && value.operator === '#' && references.writes(id.variable) === 0) found.add(id.variable);
  });
  return found;
}

function isWhole(node: Expression, lengths: ReadonlySet<Variable>): boolean {
  switch (node.type) {
    case 'NumericLiteral': return Number.isInteger(node.value);
    case 'UnaryExpression': return node.operator === '#';
    case 'Identifier': return node.variable !== undefined && lengths.has(node.variable);
    case 'BinaryExpression': return (node.operator === '+' || node.operator === '-') && isWhole(node.left, lengths) && isWhole(node.right, lengths);
    default: return false;
  }
}

/** A `for` includes its limit. Limits that may not be whole are rounded without a call: `-(-n // 1)` is the ceiling. */
function limitOf(operator: string, limit: Expression, by: number, lengths: ReadonlySet<Variable>): Expression | undefined {
  const whole = isWhole(limit, lengths);
  if (by > 0 && operator === '<=') return limit;
  if (by < 0 && operator === '>=') return limit;
  if (by > 0 && operator === '<') {
    if (limit.type === 'NumericLiteral' && whole && limit.value >= 1) return number(limit.value - 1);
    return binary('-', whole ? limit : negative(binary('//', negative(limit), number(1))), number(1));
  }
  if (by < 0 && operator === '>') {
    return binary('+', whole ? limit : binary('//', limit, number(1)), number(1));
  }
  return undefined;
}
