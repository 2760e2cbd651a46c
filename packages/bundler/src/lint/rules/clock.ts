import ts from 'typescript';
import type { LintRule } from '../rule.ts';
import { isGlobal, isReference } from '../syntax.ts';

const CLOCKS = new Set(['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'requestAnimationFrame']);

/** Each node that replays a message has another time. */
export const clock: LintRule = {
  name: 'clock', summary: 'the host’s clock and timers', level: 'warning', kinds: [ts.SyntaxKind.Identifier],
  check(node, { checker, report }) {
    const name = node as ts.Identifier;
    if (!CLOCKS.has(name.text) || !isReference(name) || !isGlobal(name, checker)) return;
    report(name, { message: `${name.text} reads the host's clock: each replay of the message sees another time`, hint: 'The time comes with the message: now(world), or message.timestamp. What should happen later belongs into a system that compares with it.' });
  },
};
