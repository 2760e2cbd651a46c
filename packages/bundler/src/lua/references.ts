import type { Expression, FunctionExpression, Identifier, Statement, Variable } from './tree.ts';
import { walk } from './walk.ts';

/** How a program uses its variables. */
export interface References {
  /** Assignments after the declaration. */
  writes(variable: Variable): number;
  /** The function a variable always holds, when it is defined exactly once. */
  functionOf(variable: Variable): FunctionExpression | undefined;
}

export function countReferences(body: Statement[]): References {
  const writes = new Map<Variable, number>();
  const definitions = new Map<Variable, FunctionExpression | 'many'>();
  const define = (id: Expression | Identifier | undefined, value: Expression | undefined) => {
    if (id?.type !== 'Identifier' || !id.variable) return;
    const known = definitions.has(id.variable);
    definitions.set(id.variable, known || value?.type !== 'FunctionDeclaration' ? 'many' : value);
  };
  walk(body, (node) => {
    if (node.type === 'FunctionDeclaration' && node.identifier) define(node.identifier, node);
    if (node.type === 'LocalStatement') node.variables.forEach((id, index) => {
      if (node.init.length > 0) define(id, node.init[index]);
    });
    if (node.type !== 'AssignmentStatement') return;
    node.variables.forEach((target, index) => {
      if (target.type !== 'Identifier' || !target.variable) return;
      writes.set(target.variable, (writes.get(target.variable) ?? 0) + 1);
      define(target, node.variables.length === node.init.length ? node.init[index] : undefined);
    });
  });
  return {
    writes: (variable) => writes.get(variable) ?? 0,
    functionOf(variable) {
      const definition = definitions.get(variable);
      return definition === 'many' ? undefined : definition;
    },
  };
}
