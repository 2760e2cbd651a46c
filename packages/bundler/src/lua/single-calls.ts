import type { CallExpression, Expression, FunctionExpression, Statement, Variable } from './tree.ts';
import type { ProgramReferences } from './references.ts';
import { remembered } from './units.ts';
import { eachChild, walk } from './walk.ts';

/** A function and the only place that mentions it. */
export interface SingleCall {
  value: FunctionExpression;
  /** The unit that defines it, and the one that calls it. */
  home: Statement;
  place: Statement;
  /** Variables of its module that the place of the call may not see. */
  captured: Variable[];
}

/** What one unit defines, declares and calls, of the program's own blocks. */
interface UnitCalls {
  definitions: ReadonlyMap<Variable, FunctionExpression>;
  declared: ReadonlySet<Variable>;
  calls: readonly { call: CallExpression; variable: Variable; owner: FunctionExpression | undefined }[];
}

const callsOf = remembered((unit): UnitCalls => {
  const definitions = new Map<Variable, FunctionExpression>();
  const declared = new Set<Variable>();
  collect([unit], definitions, declared);
  const calls: { call: CallExpression; variable: Variable; owner: FunctionExpression | undefined }[] = [];
  eachCall([unit], (call, owner) => {
    if (call.base.type === 'Identifier' && call.base.variable) calls.push({ call, variable: call.base.variable, owner });
  });
  return { definitions, declared, calls };
});

/** By variable: functions of the program's own blocks that are called once, from outside themselves. No two touch each other. */
export function findSingleCalls(body: readonly Statement[], shared: ReadonlySet<Variable>, skip: ReadonlySet<Variable>, references: ProgramReferences): Map<Variable, SingleCall> {
  const homes = new Map<Variable, Statement>();
  for (const unit of body) {
    for (const variable of callsOf(unit).definitions.keys()) if (references.mentions(variable) === 1 + references.writes(variable) && !skip.has(variable)) homes.set(variable, unit);
  }
  const found = new Map<Variable, SingleCall>();
  const sources = new Set<FunctionExpression>();
  const targets = new Set<FunctionExpression>();
  const isDeclared = declaredIn(body);
  for (const place of body) for (const { call, variable, owner } of callsOf(place).calls) {
    const home = homes.get(variable);
    if (!home) continue;
    const value = callsOf(home).definitions.get(variable);
    if (!value || references.functionOf(variable) !== value) continue;
    if (!value.givesOne || call.inParens || owner === value || !takesAll(value, call)) continue;
    if (sources.has(value) || targets.has(value) || (owner && sources.has(owner))) continue;
    sources.add(value);
    if (owner) targets.add(owner);
    found.set(variable, { value, home, place, captured: capturedBy(value).filter((each) => isDeclared(each) && !shared.has(each)) });
  }
  return found;
}

function declaredIn(body: readonly Statement[]): (variable: Variable) => boolean {
  const sets = body.map((unit) => callsOf(unit).declared).filter(({ size }) => size > 0);
  return (variable) => sets.some((set) => set.has(variable));
}

function collect(body: Statement[], definitions: Map<Variable, FunctionExpression>, declared: Set<Variable>): void {
  const define = (variable: Variable | undefined, value: Expression | undefined) => {
    if (variable && value?.type === 'FunctionDeclaration') definitions.set(variable, value);
  };
  for (const node of body) {
    if (node.type === 'DoStatement') collect(node.body, definitions, declared);
    if (node.type === 'FunctionDeclaration' && node.identifier?.variable) {
      declared.add(node.identifier.variable);
      define(node.identifier.variable, node);
    }
    if (node.type === 'LocalStatement') {
      node.variables.forEach(({ variable }) => variable && declared.add(variable));
      if (node.variables.length === 1) define(node.variables[0]?.variable, node.init[0]);
    }
    const [target] = node.type === 'AssignmentStatement' && node.variables.length === 1 ? node.variables : [];
    if (node.type === 'AssignmentStatement' && target?.type === 'Identifier') define(target.variable, node.init[0]);
  }
}

/** Every call with the function of the program's blocks that it stands in, if any. */
function eachCall(body: Statement[], visit: (call: CallExpression, owner: FunctionExpression | undefined) => void): void {
  const go = (node: Expression | Statement, owner: FunctionExpression | undefined): void => {
    const inner = node.type === 'FunctionDeclaration' ? owner ?? node : owner;
    if (node.type === 'CallExpression') visit(node, owner);
    eachChild(node, (child) => go(child, inner), (block) => block.forEach((statement) => go(statement, inner)));
  };
  body.forEach((node) => go(node, undefined));
}

/** A call as last argument could give several values, or none. */
function takesAll({ parameters }: FunctionExpression, { arguments: values }: CallExpression): boolean {
  if (parameters.some(({ type }) => type === 'VarargLiteral')) return false;
  const last = values[values.length - 1];
  const spreads = (last?.type === 'CallExpression' || last?.type === 'VarargLiteral') && !last.inParens;
  return !spreads || values.length >= parameters.length;
}

const captured = new WeakMap<FunctionExpression, readonly Variable[]>();

function capturedBy(value: FunctionExpression): readonly Variable[] {
  const known = captured.get(value);
  if (known) return known;
  const mentioned = new Set<Variable>();
  walk(value, (node) => {
    if (node.type === 'Identifier' && node.variable) mentioned.add(node.variable);
  });
  captured.set(value, [...mentioned]);
  return [...mentioned];
}
