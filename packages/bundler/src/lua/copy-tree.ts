import type { Expression, Statement } from './tree.ts';

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

/** A copy of a bound tree: of the same variables, from the same places. */
export function copyNode<T extends Expression | Statement>(node: T): T {
  return copyBound(node as unknown as Record<string, unknown>) as unknown as T;
}

function copyBound(node: Record<string, unknown>): Record<string, unknown> {
  if (node['type'] === 'Identifier') return { ...node };
  const result: Record<string, unknown> = {};
  for (const key in node) {
    const part = node[key];
    result[key] = typeof part !== 'object' || part === null || key === 'at' ? part
      : Array.isArray(part) ? part.map((item) => copyBound(item as Record<string, unknown>)) : copyBound(part as Record<string, unknown>);
  }
  return result;
}
