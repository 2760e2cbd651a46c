import type { CallExpression, Expression, FunctionExpression, Statement, StringLiteral, Variable } from './tree.ts';
import { binary, call, ref, text } from './build.ts';
import { pieceVariable } from './prelude.ts';
import { remembered } from './units.ts';
import { rewrite, walk } from './walk.ts';

/** Uses from which a function for them is shorter than `error(text, 0)` each time. */
const MANY = 8;
/** Bytes of `local function f(a)fail(""..a)end`. */
const DEFINITION = 34;

/** How errors of a program are said: by `fail`, and by functions that add the start of a text. */
export interface SharedErrors {
  starts: ReadonlySet<string>;
  /** The definitions of those functions. */
  definitions: readonly Statement[];
}

/** `undefined` where the program throws too seldom for it. */
export function findSharedErrors(body: readonly Statement[]): SharedErrors | undefined {
  const throws = new Map<string, number>();
  let count = 0;
  for (const starts of body.map(throwsIn)) {
    count += starts.length;
    for (const start of starts) if (start !== '') throws.set(start, (throws.get(start) ?? 0) + 1);
  }
  if (count < MANY) return undefined;
  const shared = [...throws].filter(([start, times]) => (times - 1) * start.length > DEFINITION).map(([start]) => start);
  return { starts: new Set(shared), definitions: shared.map(adding) };
}

/** For each throw of a unit, what its text begins with: a package's name, or ''. */
const throwsIn = remembered((unit): readonly string[] => {
  const starts: string[] = [];
  walk(unit, (node) => {
    if (isThrow(node)) starts.push(prefixOf(node.arguments[0]) ?? '');
  });
  return starts;
});

/**
 * `error(text, 0)`, as TypeScript's `throw` becomes, by a function of the prelude; texts that begin with the same package's
 * name by a function that adds it.
 */
export function shareErrors(body: Statement[], starts: ReadonlySet<string>): Statement[] {
  return rewrite(body, {
    expression: (node) => {
      const [message] = isThrow(node) ? node.arguments : [];
      if (!message) return node;
      const start = prefixOf(message);
      const at = node.at && { at: node.at };
      return start !== undefined && starts.has(start) ? { ...call(ref(failIn(start)), withoutPrefix(message, start.length)), ...at } : { ...call(ref(pieceVariable('fail')), message), ...at };
    },
  });
}

const variables = new Map<string, Variable>();

function failIn(start: string): Variable {
  const variable = variables.get(start) ?? { name: 'failIn' };
  variables.set(start, variable);
  return variable;
}

const definitions = new Map<string, FunctionExpression>();

/** `local function failIn(reason) fail("package/" .. reason) end` */
function adding(start: string): FunctionExpression {
  const reason: Variable = { name: 'reason' };
  const known: FunctionExpression = definitions.get(start) ?? {
    type: 'FunctionDeclaration', identifier: ref(failIn(start)), isLocal: true, parameters: [ref(reason)],
    body: [{ type: 'CallStatement', expression: call(ref(pieceVariable('fail')), binary('..', text(start), ref(reason))) }],
  };
  definitions.set(start, known);
  return known;
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
