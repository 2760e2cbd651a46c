import ts from 'typescript';
import type { ModuleGraph } from './module-graph.ts';
import { bare, outermostName } from './scope.ts';

export type Constant = boolean | number | string | null;

/** The value of an expression that is the same in every run, or undefined. */
export type Evaluate = (node: ts.Expression) => Constant | undefined;

/** Follows `const` through modules. `define` gives the values of what is declared only. */
export function createEvaluator(graph: ModuleGraph, define: Readonly<Record<string, string>>): Evaluate {
  const known = new Map<ts.Node, Constant | undefined>();

  const variable = (node: ts.Identifier): Constant | undefined => {
    const name = outermostName(node);
    if (name === undefined) return undefined;
    const place = graph.place(node.getSourceFile(), name);
    const statement = place && graph.declarations(place)[0];
    if (!statement || isAmbient(statement)) return Object.hasOwn(define, name) ? JSON.parse(define[name] ?? 'null') as Constant : undefined;
    if (!ts.isVariableStatement(statement) || !(statement.declarationList.flags & ts.NodeFlags.Const)) return undefined;
    const declaration = statement.declarationList.declarations.find(({ name: each }) => ts.isIdentifier(each) && each.text === place.name);
    if (!declaration?.initializer) return undefined;
    if (!known.has(declaration)) {
      known.set(declaration, undefined); // what is defined by itself has no value
      known.set(declaration, evaluate(declaration.initializer));
    }
    return known.get(declaration);
  };

  const evaluate: Evaluate = (outer) => {
    const node = bare(outer);
    switch (node.kind) {
      case ts.SyntaxKind.TrueKeyword: return true;
      case ts.SyntaxKind.FalseKeyword: return false;
      case ts.SyntaxKind.NullKeyword: return null;
    }
    if (ts.isStringLiteralLike(node)) return node.text;
    if (ts.isNumericLiteral(node)) return Number(node.text);
    if (ts.isIdentifier(node)) return variable(node);
    if (ts.isPrefixUnaryExpression(node)) return unary(node.operator, evaluate(node.operand));
    return ts.isBinaryExpression(node) ? binary(node, evaluate) : undefined;
  };
  return evaluate;
}

function unary(operator: ts.PrefixUnaryOperator, value: Constant | undefined): Constant | undefined {
  if (value === undefined) return undefined;
  if (operator === ts.SyntaxKind.ExclamationToken) return !value;
  return operator === ts.SyntaxKind.MinusToken && typeof value === 'number' ? -value : undefined;
}

function binary({ left: first, operatorToken: { kind }, right: second }: ts.BinaryExpression, evaluate: Evaluate): Constant | undefined {
  const left = evaluate(first);
  if (kind === ts.SyntaxKind.AmpersandAmpersandToken) return left === undefined || left ? (left === undefined ? undefined : evaluate(second)) : left;
  if (kind === ts.SyntaxKind.BarBarToken) return left === undefined || !left ? (left === undefined ? undefined : evaluate(second)) : left;
  const right = evaluate(second);
  if (left === undefined || right === undefined) return undefined;
  if (kind === ts.SyntaxKind.EqualsEqualsEqualsToken) return left === right;
  if (kind === ts.SyntaxKind.ExclamationEqualsEqualsToken) return left !== right;
  if (typeof left !== 'number' || typeof right !== 'number') return undefined;
  if (kind === ts.SyntaxKind.GreaterThanToken) return left > right;
  if (kind === ts.SyntaxKind.GreaterThanEqualsToken) return left >= right;
  if (kind === ts.SyntaxKind.LessThanToken) return left < right;
  return kind === ts.SyntaxKind.LessThanEqualsToken ? left <= right : undefined;
}

export function isAmbient(node: ts.Statement): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) ?? false);
}
