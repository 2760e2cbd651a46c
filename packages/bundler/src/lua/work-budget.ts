import type { Expression, ForNumericStatement, Origin, Statement } from './tree.ts';
import { assign, binary, call, number, ref } from './build.ts';
import { pieceVariable } from './prelude.ts';
import { remembered, unitPass } from './units.ts';
import { rewrite, rewriteUnit, walk } from './walk.ts';

/** Turns of a loop with constant bounds that are too few to count. */
const FEW_TURNS = 64;

/**
 * Charges loops to the message's allowance, so that an endless one ends in an ordinary error. A counting loop that can't
 * be left early is charged once, before it starts; others at every turn; loops with few constant turns, and those of
 * sources that `isBounded` vouches for, not at all.
 */
export function chargeLoops(body: Statement[], isBounded: (at: Origin) => boolean = () => false): Statement[] {
  // One statement: `work = work > 0 and work - 1 or overWork()`.
  const eachTurn = (): Statement => {
    const work = pieceVariable('work');
    return assign(ref(work), binary('or', binary('and', binary('>', ref(work), number(0)), binary('-', ref(work), number(1))), call(ref(pieceVariable('overWork')))));
  };
  return rewrite(body, {
    statement: (node) => {
      if (node.at && isBounded(node.at)) return node;
      switch (node.type) {
        case 'ForNumericStatement': {
          if (turns(node) <= FEW_TURNS) return node;
          const { start, step, end: limit } = node;
          const bound = boundOf(limit);
          if (step !== null || start.type !== 'NumericLiteral' || canLeave(node.body) || !isCheap(bound)) break;
          const charge = call(ref(pieceVariable('charge')), copy(bound));
          const end = chargedLimit(limit, bound, charge);
          return end ? { ...node, end } : [{ type: 'CallStatement', expression: charge }, node];
        }
        case 'RepeatStatement':
          if (node.condition.type === 'BooleanLiteral' && node.condition.value) return node;
          break;
        case 'WhileStatement': case 'ForGenericStatement': break;
        default: return node;
      }
      node.body = [eachTurn(), ...node.body];
      return node;
    },
  });
}

/** The kernel's intrinsic: `__budget.n` and `.depth` are the counters that the guards use. */
export const bindBudget = unitPass((unit) => rewriteUnit(unit, {
  expression: (node) => (node.type === 'Identifier' && !node.variable && node.name === '__budget' ? ref(pieceVariable('budget')) : node),
}));

/** Sources of a unit's loops. */
export const loopSources = remembered((unit): readonly number[] => {
  const found = new Set<number>();
  walk(unit, (node) => {
    if (LOOPS.has(node.type) && node.at) found.add(node.at.source);
  });
  return [...found];
});

const LOOPS: ReadonlySet<string> = new Set(['ForNumericStatement', 'ForGenericStatement', 'WhileStatement', 'RepeatStatement']);

function turns({ start, end, step }: ForNumericStatement): number {
  if (step !== null || start.type !== 'NumericLiteral' || end.type !== 'NumericLiteral') return Infinity;
  return end.value - start.value + 1;
}

/** What a limit is made of: an upper bound of the turns that is cheaper to evaluate again. Not kept beside the loop, where passes that replace variables would miss it. */
function boundOf(end: Expression): Expression {
  if (end.type === 'BinaryExpression' && end.operator === '-' && end.right.type === 'NumericLiteral' && end.right.value === 1) return boundOf(end.left);
  const division = end.type === 'UnaryExpression' && end.operator === '-' ? end.argument : undefined;
  const negated = division?.type === 'BinaryExpression' && division.operator === '//' && division.right.type === 'NumericLiteral' && division.right.value === 1 ? division.left : undefined;
  return negated?.type === 'UnaryExpression' && negated.operator === '-' ? negated.argument : end;
}

/** The limit with the charge in it, which gives the number of turns rounded up. */
function chargedLimit(end: Expression, bound: Expression, charge: Expression): Expression | undefined {
  if (isSame(end, bound) || isRoundedUp(end, bound)) return charge;
  const isOneLess = end.type === 'BinaryExpression' && end.operator === '-' && end.right.type === 'NumericLiteral' && end.right.value === 1;
  if (isOneLess && (isSame(end.left, bound) || isRoundedUp(end.left, bound))) return { ...end, left: charge };
  return undefined;
}

/** `-(-n // 1)` */
function isRoundedUp(node: Expression, bound: Expression): boolean {
  const division = node.type === 'UnaryExpression' && node.operator === '-' ? node.argument : undefined;
  const negated = division?.type === 'BinaryExpression' && division.operator === '//' ? division.left : undefined;
  return negated?.type === 'UnaryExpression' && negated.operator === '-' && isSame(negated.argument, bound);
}

function isSame(a: Expression, b: Expression): boolean {
  if (a.type === 'Identifier' && b.type === 'Identifier') return a.variable === b.variable && a.name === b.name;
  if (a.type === 'NumericLiteral' && b.type === 'NumericLiteral') return a.raw === b.raw;
  if (a.type === 'UnaryExpression' && b.type === 'UnaryExpression') return a.operator === b.operator && isSame(a.argument, b.argument);
  return a.type === 'BinaryExpression' && b.type === 'BinaryExpression' && a.operator === b.operator && isSame(a.left, b.left) && isSame(a.right, b.right);
}

function isCheap(node: Expression): boolean {
  switch (node.type) {
    case 'Identifier': case 'NumericLiteral': return true;
    case 'UnaryExpression': return isCheap(node.argument);
    case 'BinaryExpression': return isCheap(node.left) && isCheap(node.right);
    default: return false;
  }
}

/** Rewriting works in place: no node may stand twice in a tree. */
function copy(node: Expression): Expression {
  switch (node.type) {
    case 'UnaryExpression': return { ...node, argument: copy(node.argument) };
    case 'BinaryExpression': return { ...node, left: copy(node.left), right: copy(node.right) };
    default: return { ...node };
  }
}

function canLeave(body: Statement[]): boolean {
  let leaves = false;
  walk(body, (node) => {
    if (node.type === 'FunctionDeclaration') return false;
    if (node.type === 'BreakStatement' || node.type === 'ReturnStatement' || node.type === 'GotoStatement') leaves = true;
    return undefined;
  });
  return leaves;
}
