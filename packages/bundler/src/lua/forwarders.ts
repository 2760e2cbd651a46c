import type { Expression, FunctionExpression, Statement, Variable } from './tree.ts';
import { ref } from './build.ts';
import { eliminateDead } from './eliminate.ts';
import type { ProgramReferences, References } from './references.ts';
import { unitPass } from './units.ts';
import { rewriteUnit } from './walk.ts';

/** `local function f(a, b) return g(a, b) end`: whoever calls `f` calls `g`, where all can see it. */
export function skipForwarders(body: readonly Statement[], shared: ReadonlySet<Variable>, references: ProgramReferences): Statement[] {
  const targets = new Map<Variable, Variable>();
  for (const variable of references.variables()) {
    const target = targetOf(references.functionOf(variable), references);
    if (target && target !== variable && shared.has(target)) targets.set(variable, target);
  }
  if (targets.size === 0) return [...body];
  const last = (variable: Variable, hops = 0): Variable => {
    const target = targets.get(variable);
    return target && hops < targets.size ? last(target, hops + 1) : variable;
  };
  return eliminateDead(skip(body, { target: (variable) => (targets.has(variable) ? last(variable) : undefined) }));
}

const skip = unitPass<{ target: (variable: Variable) => Variable | undefined }>((unit, { target }) => rewriteUnit(unit, {
  expression: (node) => {
    const found = node.type === 'CallExpression' && node.base.type === 'Identifier' && node.base.variable ? target(node.base.variable) : undefined;
    return node.type === 'CallExpression' && found ? { ...node, base: ref(found) } : node;
  },
}));

function targetOf(definition: FunctionExpression | undefined, references: References): Variable | undefined {
  const [only, ...more] = definition?.body ?? [];
  const [value] = only?.type === 'ReturnStatement' && more.length === 0 ? only.arguments : [];
  if (!definition?.givesOne || value?.type !== 'CallExpression' || value.base.type !== 'Identifier' || !value.base.variable) return undefined;
  const same = value.arguments.length === definition.parameters.length && value.arguments.every((each, index) => isParameter(each, definition.parameters[index]));
  return same && references.functionOf(value.base.variable) ? value.base.variable : undefined;
}

function isParameter(value: Expression, parameter: FunctionExpression['parameters'][number] | undefined): boolean {
  return value.type === 'Identifier' && parameter?.type === 'Identifier' && value.variable !== undefined && value.variable === parameter.variable;
}
