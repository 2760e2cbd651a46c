import type { BinaryExpression, Expression, IfClause, IfStatement, NumericLiteral, Statement, Variable } from './tree.ts';
import { boolean, number } from './build.ts';
import { isPure, truthOf } from './purity.ts';
import type { ProgramReferences } from './references.ts';
import { remembered, unitPass } from './units.ts';
import { rewrite, rewriteUnit, walk, type Rewriter } from './walk.ts';

/** Longest string worth repeating at each use instead of keeping a variable. */
const SHORT_STRING = 6;

const folding: Rewriter = { expression: foldExpression, statement: foldStatement, block: (statements) => cutUnreachable(statements) };

/** Folds constant conditions and branches, drops what can't be reached, dissolves needless `do … end`. */
export function foldConstants(body: Statement[]): Statement[] {
  return rewrite(body, folding);
}

/** The same for a unit, which is no block: `undefined` where nothing changes. */
export const foldUnit = (unit: Statement[]): Statement[] | undefined => rewriteUnit(unit, folding);

export const foldUnits = unitPass(foldUnit);

function foldExpression(node: Expression): Expression {
  if (node.type === 'UnaryExpression' && node.operator === 'not') {
    const truth = truthOf(node.argument);
    return truth === undefined ? node : { ...boolean(!truth), ...(node.at && { at: node.at }) };
  }
  if (node.type === 'LogicalExpression') {
    const left = truthOf(node.left);
    if (left === undefined) return node;
    const keepsRight = node.operator === 'and' ? left : !left;
    // A call standing for exactly one value keeps its parentheses.
    if (keepsRight) return node.right.type === 'CallExpression' || node.right.type === 'VarargLiteral' ? { ...node.right, inParens: true } : node.right;
    return node.left;
  }
  if (node.type === 'BinaryExpression' && node.operator === '+') return foldSum(node);
  if (node.type === 'BinaryExpression' && (node.operator === '==' || node.operator === '~=')) {
    const same = compareLiterals(node.left, node.right);
    return same === undefined ? node : boolean(same === (node.operator === '=='));
  }
  return node;
}

/** `(i + 1) + 1` → `i + 2`: indices count from 1 in Lua. */
function foldSum(node: BinaryExpression): Expression {
  const { left, right } = node;
  if (right.type !== 'NumericLiteral' || !Number.isSafeInteger(right.value)) return node;
  if (left.type === 'NumericLiteral' && isWhole(left) && isWhole(right) && Number.isSafeInteger(left.value + right.value)) return number(left.value + right.value);
  if (left.type !== 'BinaryExpression' || left.right.type !== 'NumericLiteral') return node;
  if (!Number.isSafeInteger(left.right.value) || (left.operator !== '+' && left.operator !== '-')) return node;
  const sum = right.value + (left.operator === '+' ? left.right.value : -left.right.value);
  if (sum === 0) return left.left;
  return { ...node, operator: sum > 0 ? '+' : '-', left: left.left, right: number(Math.abs(sum)) };
}

/** `1.0` and `1e3` are floats in Lua, whatever their value. */
function isWhole({ raw, value }: NumericLiteral): boolean {
  return /^\d+$/.test(raw) && Number.isSafeInteger(value);
}

function compareLiterals(left: Expression, right: Expression): boolean | undefined {
  const isLiteral = (node: Expression) => 'value' in node || node.type === 'NilLiteral';
  if (!isLiteral(left) || !isLiteral(right)) return undefined;
  if (left.type !== right.type) return false;
  return 'value' in left && 'value' in right ? left.value === right.value : true;
}

function foldStatement(node: Statement): Statement | Statement[] {
  if (node.type === 'IfStatement') return foldIf(node);
  if (node.type === 'WhileStatement' && truthOf(node.condition) === false) return [];
  if (node.type === 'CallStatement' && node.expression.type !== 'CallExpression') return isPure(node.expression) ? [] : node;
  if (node.type === 'DoStatement' && !declares(node.body) && !endsFlow(node.body)) return node.body;
  return node;
}

function foldIf(node: IfStatement): Statement | Statement[] {
  const clauses: IfClause[] = [];
  for (const clause of node.clauses) {
    const truth = clause.condition ? truthOf(clause.condition) : true;
    if (truth === false) continue;
    if (truth === true) {
      if (clauses.length === 0) return clause.body.length === 0 ? [] : foldStatement({ type: 'DoStatement', body: clause.body });
      if (clause.body.length > 0) clauses.push({ type: 'ElseClause', body: clause.body });
      break;
    }
    clauses.push({ ...clause, type: clauses.length === 0 ? 'IfClause' : 'ElseifClause' });
  }
  if (clauses.length === 0) return [];
  const last = clauses[clauses.length - 1];
  if (last && last.body.length === 0 && last.condition && isPure(last.condition)) {
    clauses.pop();
    if (clauses.length === 0) return [];
  }
  return { ...node, clauses };
}

function declares(body: Statement[]): boolean {
  return body.some((node) => node.type === 'LocalStatement' || node.type === 'FunctionDeclaration');
}

function endsFlow(body: Statement[]): boolean {
  const last = body[body.length - 1];
  return last !== undefined && (last.type === 'ReturnStatement' || last.type === 'BreakStatement' || last.type === 'GotoStatement'
    || (last.type === 'DoStatement' && endsFlow(last.body)));
}

function cutUnreachable(body: Statement[]): Statement[] {
  const end = body.findIndex((node) => endsFlow([node]));
  const reached = end >= 0 && !body.some((node) => node.type === 'LabelStatement') ? body.slice(0, end + 1) : body;
  const last = reached[reached.length - 1];
  return last?.type === 'DoStatement' ? [...reached.slice(0, -1), ...last.body] : reached;
}

interface Literals {
  /** Of `local x = 5`. */
  local: readonly (readonly [Variable, Expression])[];
  /** Of assignments that run exactly once, when the bundle loads. */
  once: readonly (readonly [Variable, Expression])[];
  /** What is declared bare and set before anybody can have read it. */
  later: readonly Variable[];
}

const literalsOf = remembered((unit): Literals => {
  const local: (readonly [Variable, Expression])[] = [];
  walk(unit, (node) => {
    if (node.type !== 'LocalStatement' || node.variables.length !== 1 || node.init.length !== 1) return;
    const [id] = node.variables;
    const [value] = node.init;
    if (id?.variable && value && isLiteral(value)) local.push([id.variable, value]);
  });
  return { local, once: [...unconditionalLiterals([unit])], later: unit.type === 'DoStatement' ? [...setLater(unit.body)] : [] };
});

/**
 * Replaces reads of variables that are set exactly once, to a literal, by the literal: at their `local`, or for `topLevel`
 * variables (shared between modules) and those that TypeScriptToLua declares early by one assignment outside any function.
 */
export function propagateLiterals(body: readonly Statement[], topLevel: ReadonlySet<Variable>, references: ProgramReferences): Statement[] {
  const literals = new Map<Variable, Expression>();
  const later = new Set<Variable>(setLater(body));
  for (const unit of body) {
    const found = literalsOf(unit);
    for (const [variable, value] of found.local) literals.set(variable, value);
    found.later.forEach((variable) => later.add(variable));
  }
  const isAssigned = (variable: Variable) => topLevel.has(variable) || later.has(variable);
  for (const unit of body) for (const [variable, value] of literalsOf(unit).once) if (isAssigned(variable)) literals.set(variable, value);
  const texts = new Map<Variable, string>();
  for (const [variable, value] of literals) {
    const allowed = isAssigned(variable) ? 1 : 0;
    const isLong = value.type === 'StringLiteral' && value.value.length > SHORT_STRING;
    if (references.writes(variable) === allowed && !(isLong && references.mentions(variable) - allowed > 1)) texts.set(variable, textOf(value));
  }
  return texts.size === 0 ? [...body] : putLiterals(body, { literal: (variable) => texts.get(variable) });
}

const putLiterals = unitPass<{ literal: (variable: Variable) => string | undefined }>((unit, { literal }) => rewriteUnit(unit, {
  expression: (node) => {
    const found = node.type === 'Identifier' && node.variable ? literal(node.variable) : undefined;
    return found === undefined ? node : { ...(JSON.parse(found) as Expression), ...(node.at && { at: node.at }) };
  },
  // The rewriter also sees assignment targets: a constant's own assignment has become `5 = 5` and goes.
  statement: (node) => (node.type === 'AssignmentStatement' && node.variables.some((target) => isLiteral(target)) ? [] : node),
}));

/** A literal without its place: the same text for the same value. */
function textOf(node: Expression): string {
  return JSON.stringify(node, (key, value: unknown) => (key === 'at' ? undefined : value));
}

/** Assignments of a literal that run exactly once, when the bundle loads. */
function* unconditionalLiterals(body: readonly Statement[]): Generator<[Variable, Expression]> {
  for (const node of body) {
    if (node.type === 'DoStatement') yield* unconditionalLiterals(node.body);
    if (node.type !== 'AssignmentStatement' || node.variables.length !== 1) continue;
    const [target] = node.variables;
    const [value] = node.init;
    if (target?.type === 'Identifier' && target.variable && value && isLiteral(value)) yield [target.variable, value];
  }
}

/** Variables of blocks that run once, when the bundle loads: declared bare, and mentioned only in functions until assigned. */
function* setLater(body: readonly Statement[]): Generator<Variable> {
  for (const node of body) if (node.type === 'DoStatement') yield* literalsOf(node).later;
  const waiting = new Set<Variable>();
  for (const node of body) {
    if (node.type === 'LocalStatement' && node.init.length === 0) for (const { variable } of node.variables) if (variable) waiting.add(variable);
    // Anything that runs now could call a function which reads them.
    if (waiting.size === 0 || node.type === 'FunctionDeclaration') continue;
    if (node.type === 'AssignmentStatement' && node.variables.length === 1 && node.init.every(isPure)) {
      const [target] = node.variables;
      const [value] = node.init;
      if (target?.type !== 'Identifier' || !target.variable) waiting.clear();
      else if (waiting.delete(target.variable) && value && isLiteral(value)) yield target.variable;
      if (value?.type !== 'FunctionDeclaration' && value && !isLiteral(value)) waiting.clear();
    } else if (node.type !== 'LocalStatement' || !node.init.every((value) => value.type === 'FunctionDeclaration' || isLiteral(value))) waiting.clear();
  }
}

function isLiteral(node: Expression): boolean {
  return node.type === 'NilLiteral' || node.type === 'BooleanLiteral' || node.type === 'NumericLiteral' || node.type === 'StringLiteral'
    || (node.type === 'UnaryExpression' && node.operator === '-' && node.argument.type === 'NumericLiteral');
}
