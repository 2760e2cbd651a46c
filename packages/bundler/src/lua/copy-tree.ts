import type { Expression, Statement } from './tree.ts';
import { replaceChildren } from './walk.ts';

/** A copy of a tree that is not yet bound, whose places are in the source `source`: passes change trees where they are. */
export function copyTree(body: readonly Statement[], source: number): Statement[] {
  return body.map((node) => copy(node, source) as Statement);
}

function copy(value: unknown, source: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const list = new Array<unknown>(value.length);
    for (let i = 0; i < value.length; i += 1) list[i] = copy(value[i], source);
    return list;
  }
  const result: Record<string, unknown> = {};
  const node = value as Record<string, unknown>;
  for (const key in node) {
    const part = node[key];
    if (key !== 'at') result[key] = typeof part === 'object' ? copy(part, source) : part;
    else if (part !== undefined) result['at'] = { ...(part as object), source };
  }
  return result;
}

/** A copy of a bound tree: of the same variables, from the same places. What passes never change is not copied. */
export function copyNode<T extends Expression | Statement>(node: T): T {
  if (LEAVES.has(node.type)) return node;
  const copied = { ...node };
  if (copied.type === 'FunctionDeclaration') copied.parameters = [...copied.parameters];
  else if (copied.type === 'LocalStatement') copied.variables = [...copied.variables];
  else if (copied.type === 'TableConstructorExpression') copied.fields = copied.fields.map((field) => ({ ...field }));
  replaceChildren(copied, copyNode, copyBlock);
  return copied;
}

const copyBlock = (body: Statement[]): Statement[] => body.map(copyNode);

const LEAVES: ReadonlySet<string> = new Set(['Identifier', 'StringLiteral', 'NumericLiteral', 'BooleanLiteral', 'NilLiteral', 'VarargLiteral', 'BreakStatement', 'GotoStatement', 'LabelStatement']);
