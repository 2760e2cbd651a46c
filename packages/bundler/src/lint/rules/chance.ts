import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { staticCall } from '../syntax.ts';

const CHANCES = new Set(['Math.random', 'crypto.randomUUID', 'crypto.getRandomValues']);

/** Chance must come from the message's seed. */
export const chance: LintRule = {
  name: 'chance', summary: 'chance that is not the world’s', level: 'warning', kinds: [ts.SyntaxKind.CallExpression],
  check(node, { checker, report }) {
    const name = staticCall(node as ts.CallExpression, checker);
    if (name === undefined || !CHANCES.has(name)) return;
    report(node, { message: `${name} gives every node another number`, hint: 'random(world) and randomInt(world, …) draw from a seed that is part of the state.' });
  },
};
