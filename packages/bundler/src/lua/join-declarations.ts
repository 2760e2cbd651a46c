import type { LocalStatement, Statement, Variable } from './tree.ts';
import { unitPass } from './units.ts';
import { rewrite, rewriteUnit, walk, type Rewriter } from './walk.ts';

const joining: Rewriter = {
  block: (statements) => {
    let current = statements;
    for (const node of statements) {
      if (node.type !== 'LocalStatement' || node.init.length > 0) continue;
      for (const { variable } of node.variables) if (variable) current = joinOne(current, node, variable);
    }
    return current.filter((node) => node.type !== 'LocalStatement' || node.variables.length > 0);
  },
};

/** `local x … x = f()` → `local x = f()` when nothing in between mentions it. TypeScriptToLua declares early to hoist. */
export const joinDeclarations = (body: Statement[]): Statement[] => rewrite(body, joining);

/** The same, unit by unit. */
export const joinInUnits = unitPass((unit) => rewriteUnit(unit, joining));

function joinOne(body: Statement[], declaration: LocalStatement, variable: Variable): Statement[] {
  const start = body.indexOf(declaration);
  const at = body.findIndex((node, index) => index > start && mentions(node, variable));
  const first = body[at];
  if (first?.type !== 'AssignmentStatement' || first.variables.length !== 1) return body;
  const [target] = first.variables;
  const [value] = first.init;
  if (target?.type !== 'Identifier' || target.variable !== variable || !value) return body;
  const recursive = mentions(value, variable);
  if (recursive && value.type !== 'FunctionDeclaration') return body;
  declaration.variables = declaration.variables.filter((id) => id.variable !== variable);
  const joined: Statement = recursive && value.type === 'FunctionDeclaration'
    ? { ...value, identifier: target, isLocal: true }
    : { type: 'LocalStatement', variables: [target], init: [value], ...(first.at && { at: first.at }) };
  return body.with(at, joined);
}

function mentions(node: Parameters<typeof walk>[0], variable: Variable): boolean {
  let found = false;
  walk(node, (inner) => {
    if (inner.type === 'Identifier' && inner.variable === variable) found = true;
    return !found;
  });
  return found;
}
