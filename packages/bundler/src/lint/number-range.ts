import ts from 'typescript';
import { bare, calledName, staticCall } from './syntax.ts';

/** What the sources show of a number. */
export interface NumberRange {
  min: number;
  max: number;
  /** Undefined: nothing shows it. */
  integer: boolean | undefined;
  /** False: the bounds are only those of any number. */
  known: boolean;
}

const UNKNOWN: NumberRange = { min: -Infinity, max: Infinity, integer: undefined, known: false };
const known = (min: number, max: number, integer: boolean | undefined = true): NumberRange => ({ min, max, integer, known: true });
const U32 = known(0, 0xffffffff);
const COUNT = known(0, Number.MAX_SAFE_INTEGER);
const FRACTION = known(-Infinity, Infinity, false);

/** Follows at most this many definitions. */
const DEPTH = 8;

/** Bounds and integrality of an expression, from literals, constants, counters and functions that are known. */
export function numberRange(expression: ts.Expression, checker: ts.TypeChecker, depth = 0): NumberRange {
  const node = bare(expression);
  if (depth > DEPTH) return UNKNOWN;
  const of = (part: ts.Expression) => numberRange(part, checker, depth + 1);
  if (ts.isNumericLiteral(node)) return exactly(Number(node.text));
  const type = checker.getTypeAtLocation(node);
  if (type.isNumberLiteral()) return exactly(type.value);
  if (ts.isPrefixUnaryExpression(node)) return prefix(node, of);
  if (ts.isConditionalExpression(node)) return either(of(node.whenTrue), of(node.whenFalse));
  if (ts.isBinaryExpression(node)) return binary(node.operatorToken.kind, of(node.left), of(node.right));
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'length' || node.name.text === 'size' ? COUNT : UNKNOWN;
  if (ts.isIdentifier(node)) return variable(node, checker, of);
  if (ts.isCallExpression(node)) return call(node, checker, of);
  return UNKNOWN;
}

const exactly = (value: number) => known(value, value, Number.isInteger(value));
const either = (a: NumberRange, b: NumberRange): NumberRange => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max), integer: both(a, b), known: a.known && b.known });

function both(a: NumberRange, b: NumberRange): boolean | undefined {
  if (a.integer === false || b.integer === false) return false;
  return a.integer === true && b.integer === true ? true : undefined;
}

function prefix(node: ts.PrefixUnaryExpression, of: (part: ts.Expression) => NumberRange): NumberRange {
  const range = of(node.operand);
  if (node.operator === ts.SyntaxKind.MinusToken) return { ...range, min: -range.max, max: -range.min, known: true };
  return node.operator === ts.SyntaxKind.PlusToken ? range : UNKNOWN;
}

function binary(operator: ts.SyntaxKind, a: NumberRange, b: NumberRange): NumberRange {
  const integer = both(a, b);
  switch (operator) {
    case ts.SyntaxKind.PlusToken: {
      // One side that may be negative is enough to say so of the sum.
      const visible = (a.known && b.known) || (a.known && a.min < 0) || (b.known && b.min < 0);
      return { min: a.min + b.min, max: a.max + b.max, integer, known: visible };
    }
    case ts.SyntaxKind.MinusToken: return { min: a.min - b.max, max: a.max - b.min, integer, known: true };
    case ts.SyntaxKind.AsteriskToken: {
      const products = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max].map((each) => (Number.isNaN(each) ? 0 : each));
      return { min: Math.min(...products), max: Math.max(...products), integer, known: a.known && b.known };
    }
    case ts.SyntaxKind.SlashToken: {
      const isExact = a.min === a.max && b.min === b.max && Number.isInteger(a.min / b.min);
      return isExact ? exactly(a.min / b.min) : { min: a.min >= 0 && b.min > 0 ? 0 : -Infinity, max: Infinity, integer: false, known: true };
    }
    case ts.SyntaxKind.PercentToken: return { min: a.min >= 0 ? 0 : -Math.abs(b.max), max: Math.abs(b.max), integer, known: a.known };
    case ts.SyntaxKind.AmpersandToken: {
      const mask = [a, b].find((side) => side.known && side.min === side.max && side.min >= 0 && side.max < 2 ** 31);
      return mask ? known(0, mask.max) : UNKNOWN;
    }
    case ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken: return U32;
    default: return UNKNOWN;
  }
}

function variable(node: ts.Identifier, checker: ts.TypeChecker, of: (part: ts.Expression) => NumberRange): NumberRange {
  const declaration = checker.getSymbolAtLocation(node)?.valueDeclaration;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return UNKNOWN;
  const list = declaration.parent;
  if (!ts.isVariableDeclarationList(list)) return UNKNOWN;
  if ((list.flags & ts.NodeFlags.Const) !== 0) return of(declaration.initializer);
  // A counter that only grows stays above where it starts.
  if (ts.isForStatement(list.parent) && list.parent.incrementor && grows(list.parent.incrementor)) {
    const start = of(declaration.initializer);
    return start.known ? { ...start, max: Number.MAX_SAFE_INTEGER } : UNKNOWN;
  }
  return UNKNOWN;
}

function grows(node: ts.Expression): boolean {
  if (ts.isPostfixUnaryExpression(node) || ts.isPrefixUnaryExpression(node)) return node.operator === ts.SyntaxKind.PlusPlusToken;
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusEqualsToken && ts.isNumericLiteral(node.right);
}

/** A function of `@beamline/ecs` called by its name. */
function ecsName(node: ts.CallExpression, checker: ts.TypeChecker): string | undefined {
  const name = calledName(node);
  const symbol = name === undefined ? undefined : checker.getSymbolAtLocation(bare(node.expression));
  const target = symbol && (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol;
  const file = target?.declarations?.[0]?.getSourceFile().fileName ?? '';
  return /[/]ecs[/](src|dist)[/]/.test(file) ? target?.name : undefined;
}

function call(node: ts.CallExpression, checker: ts.TypeChecker, of: (part: ts.Expression) => NumberRange): NumberRange {
  const [first, second] = node.arguments;
  const name = staticCall(node, checker) ?? ecsName(node, checker);
  const a = first ? of(first) : UNKNOWN;
  const b = second ? of(second) : UNKNOWN;
  switch (name) {
    case 'Math.abs': return known(0, Math.max(Math.abs(a.min), Math.abs(a.max)), a.integer);
    case 'Math.floor': case 'Math.ceil': case 'Math.trunc': case 'Math.round':
      return { min: Math.floor(a.min), max: Math.ceil(a.max), integer: true, known: a.known };
    case 'Math.max': return { min: Math.max(a.min, b.min), max: Math.max(a.max, b.max), integer: both(a, b), known: (a.known && a.min >= 0) || (b.known && b.min >= 0) };
    case 'Math.min': return { min: Math.min(a.min, b.min), max: Math.min(a.max, b.max), integer: both(a, b), known: a.known && b.known };
    case 'Math.sqrt': case 'Math.sin': case 'Math.cos': case 'Math.tan': case 'Math.exp': case 'Math.log': case 'Math.random': case 'Math.atan2': case 'Math.hypot':
      return FRACTION;
    case 'u32Add': case 'u32Sub': case 'u32Mul': case 'u32Xor': case 'u32And': case 'u32Or': case 'u32Shl': case 'u32Shr': return U32;
    case 'mod': return b.known && b.min > 0 ? known(0, b.max - 1) : UNKNOWN;
    case 'idiv': return a.known && b.known ? known(a.min >= 0 && b.min > 0 ? 0 : -Infinity, a.max) : UNKNOWN;
    case 'tickOf': case 'now': case 'entityCount': case 'rows': case 'pageCount': return COUNT;
    default: return UNKNOWN;
  }
}
