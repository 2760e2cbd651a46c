import type { LuaModule } from '../lua-modules.ts';
import { isPure, isPureKey } from '../lua/purity.ts';
import { countReferences } from '../lua/references.ts';
import type { CallExpression, Expression, Statement, Variable } from '../lua/tree.ts';
import { eachChild, walk } from '../lua/walk.ts';

/** What is known of a module before anything runs. */
export interface ModuleShape {
  /**
   * What `require` gives: a local that is set once, an expression, `nothing` (which Lua makes true). Undefined when it
   * depends on what happens, or when the module can't run outside a function of its own.
   */
  value: { kind: 'local'; variable: Variable } | { kind: 'expression'; node: Expression } | { kind: 'nothing' } | undefined;
  /** All but the final `return`. */
  statements: ShapedStatement[];
  returns: ShapedStatement | undefined;
  usesVararg: boolean;
}

export interface ShapedStatement {
  node: Statement;
  /** Calls of `require` that certainly run, before anything else of the statement has an effect. */
  eager: CallExpression[];
  /** Running it, apart from those, does nothing that could be noticed. */
  isQuiet: boolean;
}

export function shapeOf(module: LuaModule): ModuleShape {
  const { body } = module;
  const last = body[body.length - 1];
  const returned = last?.type === 'ReturnStatement' ? last : undefined;
  const usesVararg = outsideFunctions(body, (node) => node.type === 'VarargLiteral');
  const mustCall = usesVararg || outsideFunctions(body, (node) => (node.type === 'ReturnStatement' && node !== returned) || node.type === 'GotoStatement' || node.type === 'LabelStatement');
  const shaper = createShaper(module);
  const shaped = (node: Statement): ShapedStatement => ({ node, eager: eagerRequires(node, module), isQuiet: shaper.isQuiet(node) });
  return {
    value: mustCall || (returned && returned.arguments.length !== 1) ? undefined : shaper.value(returned?.arguments[0]),
    statements: (returned ? body.slice(0, -1) : body).map(shaped),
    returns: returned && shaped(returned),
    usesVararg,
  };
}

function outsideFunctions(body: Statement[], test: (node: Expression | Statement) => boolean): boolean {
  let found = false;
  walk(body, (node) => {
    if (node.type === 'FunctionDeclaration') return false;
    if (test(node)) found = true;
    return !found;
  });
  return found;
}

function createShaper({ body, requires, hostRequires }: LuaModule) {
  const references = countReferences(body);
  /** Locals of the module itself that are set once, with what they hold. */
  const values = new Map<Variable, Expression | Statement>();
  /** Declared so that the declaration can become an assignment. */
  const movable = new Set<Variable>();
  for (const node of body) {
    if (node.type === 'FunctionDeclaration' && node.identifier?.variable) {
      values.set(node.identifier.variable, node);
      movable.add(node.identifier.variable);
    }
    if (node.type === 'LocalStatement') node.variables.forEach(({ variable }, index) => {
      const value = node.init[index];
      if (!variable || !value) return;
      values.set(variable, value);
      if (node.variables.length === node.init.length) movable.add(variable);
    });
  }
  const held = (node: Expression) => (node.type === 'Identifier' && node.variable && references.writes(node.variable) === 0 ? values.get(node.variable) : undefined);
  const isRequire = (node: Expression | Statement | undefined) => node?.type === 'CallExpression' && (requires.has(node) || hostRequires.has(node));
  const isModule = (node: Expression) => isRequire(node) || isRequire(held(node));
  /** A field of a table that this module has made can be set without anybody noticing. */
  const isOwnTable = (node: Expression) => held(node)?.type === 'TableConstructorExpression';

  const isQuietValue = (node: Expression): boolean => {
    switch (node.type) {
      case 'TableConstructorExpression': return node.fields.every((field) => isQuietValue(field.value) && (field.type !== 'TableKey' || isPureKey(field.key)));
      case 'LogicalExpression': return isQuietValue(node.left) && isQuietValue(node.right);
      case 'MemberExpression': return isPure(node) || (node.indexer === '.' && (isModule(node.base) || isOwnTable(node.base)));
      case 'CallExpression': return isRequire(node) || (isPure(node) && node.arguments.every(isQuietValue));
      default: return isPure(node);
    }
  };
  const isQuietTarget = (node: Expression): boolean => {
    if (node.type === 'Identifier') return node.variable !== undefined;
    return (node.type === 'MemberExpression' || (node.type === 'IndexExpression' && node.index.type === 'StringLiteral')) && isOwnTable(node.base);
  };
  const isQuiet = (node: Statement): boolean => {
    switch (node.type) {
      case 'FunctionDeclaration': return true;
      case 'LocalStatement': return node.init.every(isQuietValue);
      case 'AssignmentStatement': return node.variables.every(isQuietTarget) && node.init.every(isQuietValue);
      case 'CallStatement': return isRequire(node.expression);
      case 'ReturnStatement': return node.arguments.every(isQuietValue);
      default: return false;
    }
  };
  /** Certainly neither nil nor false, which `require` would replace. */
  const isSomething = (node: Expression | Statement | undefined): boolean => {
    switch (node?.type) {
      case 'TableConstructorExpression': case 'FunctionDeclaration': case 'StringLiteral': case 'NumericLiteral': return true;
      case 'BooleanLiteral': return node.value;
      case 'CallExpression': return requires.has(node) || (isPure(node) && node.base.type === 'Identifier' && isSomething(node.arguments[0]));
      case 'Identifier': return isSomething(held(node));
      default: return false;
    }
  };
  const value = (node: Expression | undefined): ModuleShape['value'] => {
    if (!node) return { kind: 'nothing' };
    if (!isSomething(node)) return undefined;
    return node.type === 'Identifier' && node.variable && movable.has(node.variable) && !isModule(node) ? { kind: 'local', variable: node.variable } : { kind: 'expression', node };
  };
  return { isQuiet, value };
}

/** In order; ends at the first call that is none. */
function eagerRequires(statement: Statement, { requires }: LuaModule): CallExpression[] {
  if (statement.type !== 'LocalStatement' && statement.type !== 'AssignmentStatement' && statement.type !== 'CallStatement' && statement.type !== 'ReturnStatement') return [];
  const found: CallExpression[] = [];
  let isOver = false;
  const visit = (node: Expression): void => {
    if (isOver || node.type === 'FunctionDeclaration') return;
    if (node.type === 'LogicalExpression') {
      visit(node.left);
      isOver = true;
      return;
    }
    eachChild(node, visit, () => undefined);
    if (isOver || node.type !== 'CallExpression') return;
    if (requires.has(node)) found.push(node);
    else isOver = true;
  };
  eachChild(statement, visit, () => undefined);
  return found;
}
