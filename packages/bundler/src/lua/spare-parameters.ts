import type { FunctionExpression, LocalStatement, Statement, Variable } from './tree.ts';
import { ref } from './build.ts';
import { rewrite, walk } from './walk.ts';

/** Parameters a function may have in all: each takes one of its 200 local variables. */
const MAX_PARAMETERS = 50;
/** `local ` is six bytes, a parameter more is two. */
const MAX_NEW = 2;

/**
 * `function(a) local b = f(a) … end` → `function(a, b) b = f(a) … end`: a parameter is shorter than `local`, and blocks that
 * follow each other share it. Whatever a caller gives for it is never read. Variables that inner functions capture stay.
 */
export function useSpareParameters(body: Statement[]): Statement[] {
  const places = new Map<Variable, Variable>();
  walk(body, (node) => {
    if (node.type === 'FunctionDeclaration' && node.parameters.every(({ type }) => type === 'Identifier')) placeLocals(node, places);
  });
  if (places.size === 0) return body;
  return rewrite(body, {
    expression: (node) => {
      const place = node.type === 'Identifier' && node.variable ? places.get(node.variable) : undefined;
      return place ? { ...ref(place), ...(node.at && { at: node.at }) } : node;
    },
    statement: (node) => (node.type === 'LocalStatement' && node.variables[0]?.variable && places.has(node.variables[0].variable)
      ? { ...node, type: 'AssignmentStatement', variables: node.variables.map((id) => ref(places.get(id.variable as Variable) as Variable)) } : node),
  });
}

function placeLocals(owner: FunctionExpression, places: Map<Variable, Variable>): void {
  const captured = capturedIn(owner);
  const slots: Variable[] = [];
  const fits = (node: LocalStatement, used: number) => node.init.length > 0
    && used + node.variables.length - slots.length <= MAX_NEW && owner.parameters.length + used + node.variables.length <= MAX_PARAMETERS
    && node.variables.every(({ variable }) => variable && !captured.has(variable));
  const visit = (body: Statement[], outer: number): void => {
    let used = outer;
    for (const node of body) {
      if (node.type === 'LocalStatement' && fits(node, used)) {
        for (const { variable, name } of node.variables) {
          const slot = slots[used] ?? { name };
          slots[used] = slot;
          if (variable) places.set(variable, slot);
          used += 1;
        }
      } else for (const inner of blocksOf(node)) visit(inner, used);
    }
  };
  visit(owner.body, 0);
  owner.parameters.push(...slots.map(ref));
}

function capturedIn(owner: FunctionExpression): Set<Variable> {
  const captured = new Set<Variable>();
  walk(owner.body, (node) => {
    if (node.type !== 'FunctionDeclaration') return undefined;
    walk(node.body, (inner) => {
      if (inner.type === 'Identifier' && inner.variable) captured.add(inner.variable);
    });
    return false;
  });
  return captured;
}

function blocksOf(node: Statement): Statement[][] {
  if (node.type === 'IfStatement') return node.clauses.map(({ body }) => body);
  return 'body' in node && node.type !== 'FunctionDeclaration' ? [node.body] : [];
}
