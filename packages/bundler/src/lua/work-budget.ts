import type { Expression, ForNumericStatement, Statement } from './tree.ts';
import { assign, binary, call, number, ref } from './build.ts';
import type { Prelude } from './prelude.ts';
import { rewrite, walk } from './walk.ts';

/** Turns of a loop with constant bounds that are too few to count. */
const FEW_TURNS = 64;

/**
 * Charges loops to the message's allowance, so that an endless one ends in an ordinary error. A counting loop that can't
 * be left early is charged once, before it starts; others at every turn; loops with few constant turns not at all.
 */
export function chargeLoops(body: Statement[], prelude: Prelude): Statement[] {
  // One statement: `work = work > 0 and work - 1 or overWork()`.
  const eachTurn = (): Statement => {
    const work = prelude.use('work');
    return assign(ref(work), binary('or', binary('and', binary('>', ref(work), number(0)), binary('-', ref(work), number(1))), call(ref(prelude.use('overWork')))));
  };
  return rewrite(body, {
    statement: (node) => {
      switch (node.type) {
        case 'ForNumericStatement': {
          if (turns(node) <= FEW_TURNS) return node;
          const limit = upFront(node);
          if (!limit) break;
          return [{ type: 'CallStatement', expression: call(ref(prelude.use('charge')), limit) }, node];
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

function turns({ start, end, step }: ForNumericStatement): number {
  if (step !== null || start.type !== 'NumericLiteral' || end.type !== 'NumericLiteral') return Infinity;
  return end.value - start.value + 1;
}

/** The limit, when it may be read twice and every turn is taken. */
function upFront({ start, end, step, body, turns: bound = end }: ForNumericStatement): Expression | undefined {
  if (step !== null || start.type !== 'NumericLiteral' || canLeave(body)) return undefined;
  return isCheap(bound) ? copy(bound) : undefined;
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
