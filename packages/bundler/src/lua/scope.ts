import type { Expression, FunctionExpression, Identifier, Statement, Variable } from './tree.ts';
import { eachChild } from './walk.ts';

/** A lexical block: what it declares and every variable mentioned in it or below. */
export interface Scope {
  parent: Scope | undefined;
  /** The function expression this block is the body of, if it is one. */
  functionNode: FunctionExpression | undefined;
  variables: Variable[];
  mentioned: Set<Variable>;
  children: Scope[];
}

/**
 * Binds every identifier of a freshly parsed module to its variable, by Lua's scoping rules.
 * Names without a declaration go to `resolveFree`; those it doesn't know stay globals.
 */
export function bindScopes(body: Statement[], resolveFree: (name: string) => Variable | undefined): void {
  bindBlock(body, new Map(), resolveFree);
}

type Names = Map<string, Variable>;
type ResolveFree = (name: string) => Variable | undefined;

function declare(names: Names, id: Identifier): void {
  id.variable = { name: id.name };
  names.set(id.name, id.variable);
}

function bindExpression(node: Expression, names: Names, resolveFree: ResolveFree): void {
  if (node.type === 'Identifier') {
    const variable = names.get(node.name) ?? resolveFree(node.name);
    if (variable) node.variable = variable;
  } else if (node.type === 'FunctionDeclaration') {
    bindFunction(node, names, resolveFree);
  } else {
    eachChild(node, (child) => bindExpression(child, names, resolveFree), (block) => bindBlock(block, new Map(names), resolveFree));
  }
}

function bindFunction(node: FunctionExpression, names: Names, resolveFree: ResolveFree): void {
  const inner = new Map(names);
  for (const parameter of node.parameters) if (parameter.type === 'Identifier') declare(inner, parameter);
  bindBlock(node.body, inner, resolveFree);
}

function bindBlock(body: Statement[], names: Names, resolveFree: ResolveFree): void {
  const expression = (node: Expression) => bindExpression(node, names, resolveFree);
  const block = (statements: Statement[], declared: Identifier[] = []) => {
    const inner = new Map(names);
    for (const id of declared) declare(inner, id);
    bindBlock(statements, inner, resolveFree);
    return inner;
  };
  for (const node of body) {
    switch (node.type) {
      case 'LocalStatement':
        node.init.forEach(expression);
        for (const id of node.variables) declare(names, id);
        break;
      case 'FunctionDeclaration':
        if (node.identifier) declare(names, node.identifier);
        bindFunction(node, names, resolveFree);
        break;
      case 'RepeatStatement': {
        const inner = block(node.body);
        bindExpression(node.condition, inner, resolveFree);
        break;
      }
      case 'ForNumericStatement':
        [node.start, node.end, ...(node.step ? [node.step] : [])].forEach(expression);
        block(node.body, [node.variable]);
        break;
      case 'ForGenericStatement':
        node.iterators.forEach(expression);
        block(node.body, node.variables);
        break;
      default:
        eachChild(node, expression, (statements) => block(statements));
    }
  }
}

/** The tree of blocks of a bound program, with what each mentions. */
export function scopeTree(body: Statement[]): Scope {
  const root = newScope(undefined, undefined);
  scanBlock(body, root);
  return root;
}

function newScope(parent: Scope | undefined, functionNode: FunctionExpression | undefined): Scope {
  const scope: Scope = { parent, functionNode, variables: [], mentioned: new Set(), children: [] };
  parent?.children.push(scope);
  return scope;
}

function mention(scope: Scope, variable: Variable | undefined): void {
  if (!variable) return;
  for (let at: Scope | undefined = scope; at && !at.mentioned.has(variable); at = at.parent) at.mentioned.add(variable);
}

function declareIn(scope: Scope, id: Identifier): void {
  if (id.variable && !scope.variables.includes(id.variable)) scope.variables.push(id.variable);
  mention(scope, id.variable);
}

function scanExpression(node: Expression, scope: Scope): void {
  if (node.type === 'Identifier') mention(scope, node.variable);
  else if (node.type === 'FunctionDeclaration') scanFunction(node, scope);
  else eachChild(node, (child) => scanExpression(child, scope), () => undefined);
}

function scanFunction(node: FunctionExpression, scope: Scope): void {
  const inner = newScope(scope, node);
  for (const parameter of node.parameters) if (parameter.type === 'Identifier') declareIn(inner, parameter);
  scanBlock(node.body, inner);
}

function scanBlock(body: Statement[], scope: Scope): void {
  for (const node of body) {
    if (node.type === 'FunctionDeclaration') {
      if (node.identifier) declareIn(scope, node.identifier);
      scanFunction(node, scope);
      continue;
    }
    if (node.type === 'RepeatStatement') {
      const inner = newScope(scope, undefined);
      scanBlock(node.body, inner);
      scanExpression(node.condition, inner);
      continue;
    }
    const loopVariables = node.type === 'ForNumericStatement' ? [node.variable] : node.type === 'ForGenericStatement' ? node.variables : [];
    eachChild(node, (child) => scanExpression(child, scope), (block) => {
      const inner = newScope(scope, undefined);
      for (const id of loopVariables) declareIn(inner, id);
      scanBlock(block, inner);
    });
    if (node.type === 'LocalStatement') for (const id of node.variables) declareIn(scope, id);
  }
}
