import type { Statement, Variable } from './tree.ts';
import { ref } from './build.ts';
import { countReferences, type References } from './references.ts';
import { rewrite, walk } from './walk.ts';

/** `local x = y`, neither ever set again: every `x` becomes `y`. */
export function propagateCopies(body: Statement[], outside?: References): Statement[] {
  const references = countReferences(body, outside);
  const declared = declaredOnce(body);
  const copies = new Map<Variable, Variable>();
  const isConstant = (variable: Variable) => declared.has(variable) && references.writes(variable) === 0;
  walk(body, (node) => {
    const [id] = node.type === 'LocalStatement' && node.variables.length === 1 && node.init.length === 1 ? node.variables : [];
    const [value] = node.type === 'LocalStatement' ? node.init : [];
    if (!id?.variable || value?.type !== 'Identifier' || !value.variable) return;
    if (references.writes(id.variable) === 0 && isConstant(value.variable)) copies.set(id.variable, value.variable);
  });
  if (copies.size === 0) return body;
  const original = (variable: Variable): Variable => {
    const copied = copies.get(variable);
    return copied ? original(copied) : variable;
  };
  return rewrite(body, {
    expression: (node) => (node.type === 'Identifier' && node.variable && copies.has(node.variable) ? { ...ref(original(node.variable)), ...(node.at && { at: node.at }) } : node),
    statement: (node) => (node.type === 'LocalStatement' && node.variables.length === 1 && copies.has(node.variables[0]?.variable as Variable) ? [] : node),
  });
}

/** Variables that have their value from the start: parameters, loop variables, and locals with an initial value. */
function declaredOnce(body: Statement[]): Set<Variable> {
  const found = new Set<Variable>();
  walk(body, (node) => {
    const ids = node.type === 'FunctionDeclaration' ? node.parameters
      : node.type === 'ForNumericStatement' ? [node.variable]
        : node.type === 'ForGenericStatement' || (node.type === 'LocalStatement' && node.init.length > 0) ? node.variables : [];
    for (const id of ids) if (id.type === 'Identifier' && id.variable) found.add(id.variable);
  });
  return found;
}
