import ts from 'typescript';
import { NEVER_CODE } from '../code-statement.ts';
import { bare, isReference, outermostName } from './scope.ts';

/** A piece of code that runs, or does not, as one: what it names, and the pieces in it that may not run although it does. */
export interface CodePart {
  node: ts.Node;
  /** Names of the module's outermost scope; with a property of it as `name.property`. */
  names: Set<string>;
  branches: Branch[];
  /** Statements that change one outermost variable. */
  writes: Write[];
}

/** An `if`, whose condition may be constant. */
export interface Branch {
  node: ts.IfStatement;
  taken: CodePart;
  otherwise: CodePart | undefined;
}

export interface Write {
  node: ts.ExpressionStatement;
  /** The outermost name that is changed. */
  target: string;
  part: CodePart;
}

const parts = new WeakMap<ts.Node, CodePart>();

/** The parts of a statement; remembered, for a tree never changes. */
export function codePart(node: ts.Node): CodePart {
  let known = parts.get(node);
  if (!known) {
    known = { node, names: new Set(), branches: [], writes: [] };
    parts.set(node, known);
    scan(node, known, node);
  }
  return known;
}

function scan(node: ts.Node, part: CodePart, root: ts.Node): void {
  if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
  if (NEVER_CODE.has(node.kind)) return;
  if (ts.isIdentifier(node)) return name(node, part);
  if (ts.isIfStatement(node)) {
    scan(node.expression, part, root);
    part.branches.push({ node, taken: codePart(node.thenStatement), otherwise: node.elseStatement && codePart(node.elseStatement) });
    return;
  }
  if (ts.isExpressionStatement(node) && node !== root) {
    const target = changedVariable(node.expression);
    if (target !== undefined) {
      part.writes.push({ node, target, part: codePart(node) });
      return;
    }
  }
  ts.forEachChild(node, (child) => scan(child, part, root));
}

function name(node: ts.Identifier, part: CodePart): void {
  if (!isReference(node)) return;
  const found = outermostName(node);
  if (found === undefined) return;
  const { parent } = node;
  const property = ts.isPropertyAccessExpression(parent) ? parent.name.text
    : ts.isElementAccessExpression(parent) && parent.expression === node && ts.isStringLiteral(parent.argumentExpression) ? parent.argumentExpression.text : undefined;
  part.names.add(property === undefined ? found : `${found}.${property}`);
}

const ASSIGNMENTS = { first: ts.SyntaxKind.FirstAssignment, last: ts.SyntaxKind.LastAssignment };

/** The outermost variable that an assignment, `++` or `--` changes, itself or inside. */
export function changedVariable(node: ts.Expression): string | undefined {
  const target = assignedTo(node);
  if (!target) return undefined;
  const base = baseOf(target);
  return base && outermostName(base);
}

/** The left side of an assignment, or what is counted up or down. */
export function assignedTo(node: ts.Expression): ts.Expression | undefined {
  if (ts.isBinaryExpression(node) && node.operatorToken.kind >= ASSIGNMENTS.first && node.operatorToken.kind <= ASSIGNMENTS.last) return node.left;
  const counts = (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) && (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken);
  return counts ? node.operand : undefined;
}

/** `a` of `a`, `a.b`, `a[i].b`. */
export function baseOf(node: ts.Expression): ts.Identifier | undefined {
  let at = bare(node);
  while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) at = bare(at.expression);
  return ts.isIdentifier(at) ? at : undefined;
}
