import type { CallExpression, Expression, FunctionExpression, Statement, StringLiteral, Variable } from './tree.ts';
import { binary, call, ref, text } from './build.ts';
import type { Prelude } from './prelude.ts';
import { rewrite, walk } from './walk.ts';

/** Uses from which a function for them is shorter than `error(text, 0)` each time. */
const MANY = 8;
/** Bytes of `local function f(a)fail(""..a)end`. */
const DEFINITION = 34;

/**
 * `error(text, 0)`, as TypeScript's `throw` becomes, by a function of the prelude; texts that begin with the same package's
 * name by a function that adds it.
 */
export function shareErrors(body: Statement[], prelude: Prelude): Statement[] {
  const throws = new Map<string, number>();
  let count = 0;
  walk(body, (node) => {
    if (!isThrow(node)) return;
    count += 1;
    const start = prefixOf(node.arguments[0]);
    if (start !== undefined) throws.set(start, (throws.get(start) ?? 0) + 1);
  });
  if (count < MANY) return body;
  const fail = ref(prelude.use('fail'));
  const shared = new Map([...throws].filter(([start, times]) => (times - 1) * start.length > DEFINITION).map(([start]): [string, Variable] => [start, { name: 'failIn' }]));
  const rewritten = rewrite(body, {
    expression: (node) => {
      const [message] = isThrow(node) ? node.arguments : [];
      if (!message) return node;
      const start = prefixOf(message);
      const special = start === undefined ? undefined : shared.get(start);
      const at = node.at && { at: node.at };
      return special && start !== undefined ? { ...call(ref(special), withoutPrefix(message, start.length)), ...at } : { ...call({ ...fail }, message), ...at };
    },
  });
  return [...[...shared].map(([start, variable]) => adding(variable, start, fail)), ...rewritten];
}

/** `local function failIn(reason) fail("package/" .. reason) end` */
function adding(variable: Variable, start: string, fail: Expression): FunctionExpression {
  const reason: Variable = { name: 'reason' };
  return {
    type: 'FunctionDeclaration', identifier: ref(variable), isLocal: true, parameters: [ref(reason)],
    body: [{ type: 'CallStatement', expression: call({ ...fail }, binary('..', text(start), ref(reason))) }],
  };
}

function isThrow(node: Expression | Statement): node is CallExpression {
  if (node.type !== 'CallExpression' || node.base.type !== 'Identifier' || node.base.variable || node.base.name !== 'error') return false;
  const [message, level] = node.arguments;
  return node.arguments.length === 2 && message?.type !== 'VarargLiteral' && level?.type === 'NumericLiteral' && level.value === 0;
}

/** The literal that a text begins with. */
function firstPiece(message: Expression | undefined): StringLiteral | undefined {
  if (message?.type === 'BinaryExpression' && message.operator === '..') return firstPiece(message.left);
  return message?.type === 'StringLiteral' ? message : undefined;
}

function prefixOf(message: Expression | undefined): string | undefined {
  return /^[\w-]+\//.exec(firstPiece(message)?.value ?? '')?.[0];
}

function withoutPrefix(message: Expression, length: number): Expression {
  if (message.type === 'BinaryExpression') return { ...message, left: withoutPrefix(message.left, length) };
  return message.type === 'StringLiteral' ? { ...message, value: message.value.slice(length) } : message;
}
