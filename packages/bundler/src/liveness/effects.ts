import ts from 'typescript';
import { assignedTo, baseOf } from './code-part.ts';
import { isAmbient } from './constants.ts';
import type { ModuleGraph, Place } from './module-graph.ts';
import { bare, localDeclaration, outermostName } from './scope.ts';

/** What code does apart from giving a value. Where the answer is doubtful, there is an effect. */
export interface Effects {
  /** Whether evaluating an expression changes nothing and asks nothing of the host. */
  isPure(node: ts.Expression): boolean;
  /** Whether declaring what a statement declares has no effect. */
  isPureDeclaration(node: ts.Statement): boolean;
  /** Whether an assignment to an outermost variable, or inside of it, is seen through that variable alone. */
  isOwnChange(node: ts.Expression): boolean;
}

const PURE_GLOBALS = /^(?:Math\.\w+|Object\.(?:freeze|keys|values|entries)|Array\.(?:of|from|isArray)|Number\.\w+|String\.\w+|String|Number|Boolean)$/;
const PURE_CLASSES = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Array', 'Error', 'RangeError', 'TypeError']);
const PURE_METHODS = new Set(['map', 'filter', 'join', 'slice', 'concat', 'indexOf', 'includes', 'split', 'toUpperCase', 'toLowerCase', 'repeat', 'padStart', 'padEnd', 'charAt', 'trim', 'flat', 'flatMap', 'reduce', 'find', 'some', 'every']);
const CHANGING_METHODS = new Set(['push', 'pop', 'shift', 'unshift', 'sort', 'reverse', 'set', 'add', 'delete', 'clear', 'fill', 'splice']);

type Callable = ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction | ts.ConstructorDeclaration;

export function createEffects(graph: ModuleGraph): Effects {
  const functions = new Map<ts.Node, boolean>();

  const placeOf = (node: ts.Identifier): Place | undefined => {
    const name = outermostName(node);
    return name === undefined ? undefined : graph.place(node.getSourceFile(), name);
  };
  const initializer = ({ file, name }: Place): ts.Expression | undefined => {
    const [statement] = graph.declarations({ file, name });
    if (!statement || !ts.isVariableStatement(statement) || isAmbient(statement)) return undefined;
    return statement.declarationList.declarations.find(({ name: each }) => ts.isIdentifier(each) && each.text === name)?.initializer;
  };
  const callable = (node: ts.Expression): Callable | undefined => {
    const target = bare(node);
    if (ts.isArrowFunction(target) || ts.isFunctionExpression(target)) return target;
    if (!ts.isIdentifier(target)) return undefined;
    const place = placeOf(target);
    const statement = place && graph.declarations(place).find((each) => !ts.isFunctionDeclaration(each) || each.body);
    if (statement && ts.isFunctionDeclaration(statement)) return statement;
    const value = place && isConstant(statement) ? initializer(place) : undefined;
    return value && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) ? value : undefined;
  };

  const isPureFunction = (node: Callable): boolean => {
    const known = functions.get(node);
    if (known !== undefined) return known;
    functions.set(node, true); // calling itself adds no effect
    const { body } = node;
    const pure = body !== undefined && !node.asteriskToken && node.parameters.every(({ initializer: value }) => !value || isPure(value))
      && (ts.isBlock(body) ? body.statements.every(isPureStatement) : isPure(body));
    functions.set(node, pure);
    return pure;
  };

  /** A statement of a function: it may change what the function made for itself. */
  const isPureStatement = (node: ts.Node): boolean => {
    if (ts.isExpressionStatement(node)) return isPure(node.expression) || changesOwn(node.expression);
    if (ts.isReturnStatement(node)) return !node.expression || isPure(node.expression);
    if (ts.isVariableStatement(node)) return isPureList(node.declarationList);
    if (ts.isIfStatement(node)) return isPure(node.expression) && isPureStatement(node.thenStatement) && (!node.elseStatement || isPureStatement(node.elseStatement));
    if (ts.isBlock(node)) return node.statements.every(isPureStatement);
    if (ts.isForStatement(node)) {
      const { initializer: start, condition, incrementor } = node;
      const starts = !start || (ts.isVariableDeclarationList(start) ? isPureList(start) : isPure(start) || changesOwn(start));
      return starts && (!condition || isPure(condition)) && (!incrementor || isPure(incrementor) || changesOwn(incrementor)) && isPureStatement(node.statement);
    }
    if (ts.isForOfStatement(node)) return !node.awaitModifier && ts.isVariableDeclarationList(node.initializer) && isPure(node.expression) && isPureStatement(node.statement);
    return ts.isFunctionDeclaration(node) || ts.isBreakOrContinueStatement(node) || ts.isEmptyStatement(node);
  };
  const isPureList = ({ declarations }: ts.VariableDeclarationList): boolean => declarations.every(({ initializer: value }) => !value || isPure(value));

  const changesOwn = (outer: ts.Expression): boolean => {
    const node = bare(outer);
    const target = assignedTo(node);
    if (target) {
      const base = baseOf(target);
      const value = ts.isBinaryExpression(node) ? isPure(node.right) : true;
      return value && base !== undefined && isPureAccess(target) && (ts.isIdentifier(bare(target)) ? isLocal(base) : isFreshLocal(base));
    }
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression) || !CHANGING_METHODS.has(node.expression.name.text)) return false;
    const { expression: owner } = node.expression;
    return ts.isIdentifier(owner) && isFreshLocal(owner) && node.arguments.every(isPure);
  };
  const isPureAccess = (outer: ts.Expression): boolean => {
    const node = bare(outer);
    if (ts.isPropertyAccessExpression(node)) return isPureAccess(node.expression);
    return ts.isElementAccessExpression(node) ? isPure(node.argumentExpression) && isPureAccess(node.expression) : ts.isIdentifier(node);
  };
  const isLocal = (node: ts.Identifier): boolean => outermostName(node) === undefined && localDeclaration(node) !== undefined;
  const isFreshLocal = (node: ts.Identifier): boolean => {
    const declaration = isLocal(node) ? localDeclaration(node) : undefined;
    return declaration !== undefined && ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined && isFresh(declaration.initializer);
  };
  /** A value that nothing else can know yet. */
  const isFresh = (outer: ts.Expression): boolean => {
    const node = bare(outer);
    if (ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node)) return true;
    if (ts.isNewExpression(node)) return ts.isIdentifier(node.expression) && PURE_CLASSES.has(node.expression.text);
    return ts.isCallExpression(node) && returnsFresh(callable(node.expression));
  };
  const returnsFresh = (node: Callable | undefined): boolean => {
    if (!node?.body) return false;
    if (!ts.isBlock(node.body)) return isFresh(node.body);
    const [only] = node.body.statements;
    return node.body.statements.length === 1 && only !== undefined && ts.isReturnStatement(only) && only.expression !== undefined && isFresh(only.expression);
  };

  const isPureClass = (node: ts.ClassLikeDeclaration): boolean =>
    !(ts.canHaveDecorators(node) && ts.getDecorators(node)) && (node.heritageClauses ?? []).every(({ types }) => types.every(({ expression }) => isPure(expression)))
    && node.members.every((member) => !ts.isClassStaticBlockDeclaration(member)
      && !(ts.isPropertyDeclaration(member) && member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) && member.initializer && !isPure(member.initializer)));

  const isPureCall = (node: ts.CallExpression | ts.NewExpression): boolean => {
    const values = node.arguments ?? [];
    if (!values.every(isPure)) return false;
    if (isAnnotated(node)) return true;
    const { expression: target } = node;
    if (ts.isNewExpression(node)) return ts.isIdentifier(target) && PURE_CLASSES.has(target.text) && placeOf(target) === undefined;
    const callee = callable(target);
    if (callee) return isPureFunction(callee) && values.every((value) => !isFunction(value) || isPureFunction(value));
    if (ts.isIdentifier(target) || isGlobalMember(target)) return PURE_GLOBALS.test(target.getText()) && isGlobal(target);
    return ts.isPropertyAccessExpression(target) && PURE_METHODS.has(target.name.text) && isListOrText(target.expression)
      && values.every((value) => !isFunction(value) || isPureFunction(value));
  };
  const isGlobal = (node: ts.Expression): boolean => {
    const base = baseOf(node);
    return base !== undefined && outermostName(base) !== undefined && placeOf(base) === undefined;
  };
  const isListOrText = (outer: ts.Expression): boolean => {
    const node = bare(outer);
    if (ts.isArrayLiteralExpression(node) || ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) return isPure(node);
    if (ts.isCallExpression(node)) return ts.isPropertyAccessExpression(node.expression) && isPureCall(node);
    const place = ts.isIdentifier(node) ? placeOf(node) : undefined;
    const value = place && isConstant(graph.declarations(place)[0]) ? initializer(place) : undefined;
    return value !== undefined && (ts.isArrayLiteralExpression(value) || ts.isStringLiteralLike(value));
  };

  const isPure = (outer: ts.Expression): boolean => {
    const node = bare(outer);
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) return isPureCall(node);
    if (ts.isClassExpression(node)) return isPureClass(node);
    if (ts.isFunctionExpression(node) || ts.isArrowFunction(node)) return true;
    if (assignedTo(node) || ts.isDeleteExpression(node) || ts.isAwaitExpression(node) || ts.isYieldExpression(node) || ts.isTaggedTemplateExpression(node)) return false;
    let pure = true;
    ts.forEachChild(node, (child) => {
      if (ts.isExpression(child)) pure &&= isPure(child);
      else if (ts.isPropertyAssignment(child)) pure &&= isPure(child.initializer) && isPureName(child.name);
      else if (ts.isSpreadAssignment(child)) pure &&= isPure(child.expression);
      else if (ts.isTemplateSpan(child)) pure &&= isPure(child.expression);
      else if (ts.isGetAccessor(child) || ts.isSetAccessor(child)) pure = false;
    });
    return pure;
  };
  const isPureName = (node: ts.PropertyName): boolean => !ts.isComputedPropertyName(node) || isPure(node.expression);

  return {
    isPure,
    isPureDeclaration(node) {
      if (ts.isFunctionDeclaration(node) || ts.isEnumDeclaration(node) || ts.isEmptyStatement(node)) return true;
      if (ts.isClassDeclaration(node)) return isPureClass(node);
      if (ts.isVariableStatement(node)) return isPureList(node.declarationList);
      return (ts.isExportAssignment(node) || ts.isExpressionStatement(node)) && isPure(node.expression);
    },
    isOwnChange(outer) {
      const node = bare(outer);
      const target = bare(assignedTo(node) ?? node);
      const place = ts.isIdentifier(target) ? placeOf(target) : hasOwner(target) ? placeOf(target.expression) : undefined;
      const [statement] = place ? graph.declarations(place) : [];
      if (!place || !statement || !ts.isVariableStatement(statement) || isAmbient(statement)) return false;
      if (ts.isBinaryExpression(node) && !isPure(node.right)) return false;
      if (ts.isIdentifier(target)) return true;
      const value = isConstant(statement) ? initializer(place) : undefined;
      return value !== undefined && isFresh(value) && isPureAccess(target);
    },
  };
}

/** `a.b` or `a[i]`: deeper, what is changed may be known elsewhere. */
function hasOwner(node: ts.Expression): node is (ts.PropertyAccessExpression | ts.ElementAccessExpression) & { expression: ts.Identifier } {
  return (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) && ts.isIdentifier(node.expression);
}

function isFunction(node: ts.Expression): node is ts.ArrowFunction | ts.FunctionExpression {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}

function isConstant(node: ts.Statement | undefined): boolean {
  return node !== undefined && ts.isVariableStatement(node) && (node.declarationList.flags & ts.NodeFlags.Const) !== 0;
}

function isGlobalMember(node: ts.Expression): boolean {
  return ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression);
}

/** Whether a PURE comment stands in front of a call. */
function isAnnotated(node: ts.Node): boolean {
  const { text } = node.getSourceFile();
  return /[#@]__PURE__/.test(text.slice(node.pos, node.getStart()));
}
