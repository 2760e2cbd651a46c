import type { Expression, Identifier, Statement, Variable } from './tree.ts';
import { isPure } from './purity.ts';
import { remembered, unitPass } from './units.ts';
import { rewriteUnit, walk } from './walk.ts';

/** A statement that only gives one variable a value that can be dropped with it. */
function definitionOf(node: Statement): { id: Identifier; value: Expression | Statement | undefined } | undefined {
  if (node.type === 'FunctionDeclaration' && node.identifier) return { id: node.identifier, value: node };
  if (node.type !== 'LocalStatement' && node.type !== 'AssignmentStatement') return undefined;
  const [target] = node.variables;
  const [value] = node.init;
  if (node.variables.length !== 1 || node.init.length > 1 || target?.type !== 'Identifier' || !target.variable) return undefined;
  return value && !isPure(value) && !node.removable ? undefined : { id: target, value };
}

/** Code, what it reads, and the definitions in it: code of their own, which counts once what they define is read. */
interface Region {
  reads: readonly Variable[];
  definitions: readonly { variable: Variable; region: Region | undefined }[];
}

const regionOf = remembered((unit): Region => scan([unit]));

function scan(roots: readonly (Expression | Statement)[], whole?: Expression | Statement): Region {
  const reads = new Set<Variable>();
  const definitions: { variable: Variable; region: Region | undefined }[] = [];
  const visit = (node: Expression | Statement): boolean | void => {
    const definition = node !== whole && isStatement(node) ? definitionOf(node) : undefined;
    if (definition?.id.variable) {
      const { id: { variable }, value } = definition;
      definitions.push({ variable, region: value && scan([value], value) });
      return false;
    }
    if (node.type === 'AssignmentStatement') {
      // Being assigned to is no reading, but one of several targets can't be removed alone.
      for (const target of node.variables) if (target.type !== 'Identifier' || node.variables.length > 1) walk(target, visit);
      for (const value of node.init) walk(value, visit);
      return false;
    }
    if (node.type === 'Identifier' && node.variable) reads.add(node.variable);
    return undefined;
  };
  for (const root of roots) walk(root, visit);
  return { reads: [...reads], definitions };
}

/** Variables that something reachable reads: definitions count only once the variable they define is itself read. */
function liveVariables(body: readonly Statement[]): Set<Variable> {
  const waiting = new Map<Variable, Region[]>();
  const live = new Set<Variable>();
  const queue: Region[] = body.map(regionOf);
  const reach = (variable: Variable) => {
    if (live.has(variable)) return;
    live.add(variable);
    const regions = waiting.get(variable);
    if (!regions) return;
    queue.push(...regions);
    waiting.delete(variable);
  };
  for (let region = queue.pop(); region; region = queue.pop()) {
    region.reads.forEach(reach);
    for (const { variable, region: inner } of region.definitions) {
      if (!inner) continue;
      if (live.has(variable)) queue.push(inner);
      else {
        const regions = waiting.get(variable);
        if (regions) regions.push(inner);
        else waiting.set(variable, [inner]);
      }
    }
  }
  return live;
}

function isStatement(node: Expression | Statement): node is Statement {
  return node.type.endsWith('Statement') || (node.type === 'FunctionDeclaration' && node.identifier !== null);
}

/** Removes variables nothing reads, with their functions and values; what has effects stays. */
export function eliminateDead(body: readonly Statement[]): Statement[] {
  const live = liveVariables(body);
  return dropDead(body, { isLive: (variable) => live.has(variable) });
}

const dropDead = unitPass<{ isLive: (variable: Variable) => boolean }>((unit, { isLive }) => {
  const effects = (value: Expression | undefined): Statement[] | undefined => {
    if (!value || isPure(value)) return [];
    return value.type === 'CallExpression' ? [{ type: 'CallStatement', expression: value, ...(value.at && { at: value.at }) }] : undefined;
  };
  return rewriteUnit(unit, {
    statement: (node) => {
      if (node.type === 'FunctionDeclaration') return node.identifier?.variable && !isLive(node.identifier.variable) ? [] : node;
      if (node.type === 'LocalStatement' && node.variables.every((id) => id.variable && !isLive(id.variable))) {
        const [value] = node.init;
        if (node.removable || node.init.every(isPure)) return [];
        const kept = node.init.length === 1 ? effects(value) : undefined;
        return kept ?? node;
      }
      if (node.type === 'AssignmentStatement' && node.variables.length === 1) {
        const [target] = node.variables;
        if (target?.type !== 'Identifier' || !target.variable || isLive(target.variable)) return node;
        const kept = node.removable ? [] : effects(node.init[0]);
        // An impure value that is no call: the variable goes, the evaluation stays.
        return kept ?? [{ type: 'LocalStatement', variables: [{ type: 'Identifier', name: '_', variable: { name: '_' } }], init: node.init }];
      }
      return node;
    },
  });
});
