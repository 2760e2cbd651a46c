import { boolean, negative, number, text } from './build.ts';
import type { Expression, Statement } from './tree.ts';
import { rewrite, walk } from './walk.ts';

/** Replaces globals that the build fixes by their values (JSON text); what is assigned keeps its name there. */
export function defineConstants(body: Statement[], define: Readonly<Record<string, string>>): Statement[] {
  if (Object.keys(define).length === 0) return body;
  const targets = new Set<Expression>();
  walk(body, (node) => {
    if (node.type === 'AssignmentStatement') for (const target of node.variables) targets.add(target);
  });
  return rewrite(body, {
    expression: (node) => {
      const value = node.type === 'Identifier' && !node.variable && !targets.has(node) && Object.hasOwn(define, node.name) ? define[node.name] : undefined;
      return value === undefined ? node : { ...constant(JSON.parse(value)), ...(node.at && { at: node.at }) };
    },
  });
}

function constant(value: unknown): Expression {
  if (value === null) return { type: 'NilLiteral' };
  if (typeof value === 'boolean') return boolean(value);
  if (typeof value === 'number') return value < 0 ? negative(number(-value)) : number(value);
  return text(Buffer.from(String(value), 'utf8').toString('latin1'));
}
