import type { Expression, IfClause, Statement } from './tree.ts';

/** Calls `visit` with every direct child: expressions first in order of evaluation, then statements. */
export function eachChild(node: Expression | Statement, onExpression: (node: Expression) => void, onBlock: (body: Statement[]) => void): void {
  switch (node.type) {
    case 'LocalStatement': node.init.forEach(onExpression); break;
    case 'AssignmentStatement': node.variables.forEach(onExpression); node.init.forEach(onExpression); break;
    case 'CallStatement': onExpression(node.expression); break;
    case 'FunctionDeclaration': case 'DoStatement': onBlock(node.body); break;
    case 'IfStatement':
      for (const clause of node.clauses) {
        if (clause.condition) onExpression(clause.condition);
        onBlock(clause.body);
      }
      break;
    case 'WhileStatement': onExpression(node.condition); onBlock(node.body); break;
    case 'RepeatStatement': onBlock(node.body); onExpression(node.condition); break;
    case 'ForNumericStatement':
      onExpression(node.start);
      onExpression(node.end);
      if (node.step) onExpression(node.step);
      onBlock(node.body);
      break;
    case 'ForGenericStatement': node.iterators.forEach(onExpression); onBlock(node.body); break;
    case 'ReturnStatement': node.arguments.forEach(onExpression); break;
    case 'MemberExpression': onExpression(node.base); break;
    case 'IndexExpression': onExpression(node.base); onExpression(node.index); break;
    case 'CallExpression': onExpression(node.base); node.arguments.forEach(onExpression); break;
    case 'BinaryExpression': case 'LogicalExpression': onExpression(node.left); onExpression(node.right); break;
    case 'UnaryExpression': onExpression(node.argument); break;
    case 'TableConstructorExpression':
      for (const field of node.fields) {
        if (field.type === 'TableKey') onExpression(field.key);
        onExpression(field.value);
      }
  }
}

/** Visits every node below and including `root`, parents first. Returning false skips what lies below a node. */
export function walk(root: Expression | Statement | Statement[], visit: (node: Expression | Statement) => boolean | void): void {
  if (Array.isArray(root)) walkAll(root, visit);
  else walkNode(root, visit);
}

type Visit = (node: Expression | Statement) => boolean | void;

function walkAll(nodes: readonly (Expression | Statement)[], visit: Visit): void {
  for (const node of nodes) walkNode(node, visit);
}

/** `eachChild` written out: most of a build's time is spent here, and a closure for every node doubles it. */
function walkNode(node: Expression | Statement, visit: Visit): void {
  if (visit(node) === false) return;
  switch (node.type) {
    case 'LocalStatement': return walkAll(node.init, visit);
    case 'AssignmentStatement': walkAll(node.variables, visit); return walkAll(node.init, visit);
    case 'CallStatement': return walkNode(node.expression, visit);
    case 'FunctionDeclaration': case 'DoStatement': return walkAll(node.body, visit);
    case 'IfStatement':
      for (const { condition, body } of node.clauses) {
        if (condition) walkNode(condition, visit);
        walkAll(body, visit);
      }
      return;
    case 'WhileStatement': walkNode(node.condition, visit); return walkAll(node.body, visit);
    case 'RepeatStatement': walkAll(node.body, visit); return walkNode(node.condition, visit);
    case 'ForNumericStatement':
      walkNode(node.start, visit);
      walkNode(node.end, visit);
      if (node.step) walkNode(node.step, visit);
      return walkAll(node.body, visit);
    case 'ForGenericStatement': walkAll(node.iterators, visit); return walkAll(node.body, visit);
    case 'ReturnStatement': return walkAll(node.arguments, visit);
    case 'MemberExpression': return walkNode(node.base, visit);
    case 'IndexExpression': walkNode(node.base, visit); return walkNode(node.index, visit);
    case 'CallExpression': walkNode(node.base, visit); return walkAll(node.arguments, visit);
    case 'BinaryExpression': case 'LogicalExpression': walkNode(node.left, visit); return walkNode(node.right, visit);
    case 'UnaryExpression': return walkNode(node.argument, visit);
    case 'TableConstructorExpression':
      for (const field of node.fields) {
        if (field.type === 'TableKey') walkNode(field.key, visit);
        walkNode(field.value, visit);
      }
  }
}

/** What a rewrite does. Children are rewritten before their parents. */
export interface Rewriter {
  /** Also sees the targets of assignments. */
  expression?: (node: Expression) => Expression;
  statement?: (node: Statement) => Statement | Statement[];
  /** Sees each block once its statements are rewritten. */
  block?: (body: Statement[]) => Statement[];
}

/** Replaces nodes in place, bottom up; returns the new block. */
export function rewrite(body: Statement[], rewriter: Rewriter): Statement[] {
  const result = rewriteUnit(body, rewriter) ?? body;
  return rewriter.block ? rewriter.block(result) : result;
}

/** The same for statements that are no whole block. `undefined` where nothing was replaced. */
export function rewriteUnit(body: Statement[], rewriter: Rewriter): Statement[] | undefined {
  let changed = false;
  const expression = (node: Expression): Expression => {
    replaceChildren(node, expression, block);
    const replaced = rewriter.expression ? rewriter.expression(node) : node;
    if (replaced !== node) changed = true;
    return replaced;
  };
  const statements = (list: readonly Statement[]): Statement[] => {
    const result: Statement[] = [];
    for (const statement of list) {
      replaceChildren(statement, expression, block);
      const replaced = rewriter.statement ? rewriter.statement(statement) : statement;
      if (replaced !== statement) changed = true;
      if (Array.isArray(replaced)) result.push(...replaced);
      else result.push(replaced);
    }
    return result;
  };
  const block = (list: Statement[]): Statement[] => {
    const inner = statements(list);
    if (!rewriter.block) return inner;
    const count = inner.length;
    const replaced = rewriter.block(inner);
    if (replaced.length !== count || replaced.some((node, index) => node !== inner[index])) changed = true;
    return replaced;
  };
  const result = statements(body);
  return changed ? result : undefined;
}

/** Puts what two functions give in place of the children of a node. */
export function replaceChildren(node: Expression | Statement, expression: (node: Expression) => Expression, block: (body: Statement[]) => Statement[]): void {
  switch (node.type) {
    case 'LocalStatement': node.init = node.init.map(expression); break;
    case 'AssignmentStatement': node.variables = node.variables.map(expression); node.init = node.init.map(expression); break;
    case 'CallStatement': node.expression = expression(node.expression); break;
    case 'FunctionDeclaration': case 'DoStatement': node.body = block(node.body); break;
    case 'IfStatement': node.clauses = node.clauses.map((clause) => replaceClause(clause, expression, block)); break;
    case 'WhileStatement': node.condition = expression(node.condition); node.body = block(node.body); break;
    case 'RepeatStatement': node.body = block(node.body); node.condition = expression(node.condition); break;
    case 'ForNumericStatement':
      node.start = expression(node.start);
      node.end = expression(node.end);
      node.step = node.step && expression(node.step);
      node.body = block(node.body);
      break;
    case 'ForGenericStatement': node.iterators = node.iterators.map(expression); node.body = block(node.body); break;
    case 'ReturnStatement': node.arguments = node.arguments.map(expression); break;
    case 'MemberExpression': node.base = expression(node.base); break;
    case 'IndexExpression': node.base = expression(node.base); node.index = expression(node.index); break;
    case 'CallExpression': node.base = expression(node.base); node.arguments = node.arguments.map(expression); break;
    case 'BinaryExpression': case 'LogicalExpression': node.left = expression(node.left); node.right = expression(node.right); break;
    case 'UnaryExpression': node.argument = expression(node.argument); break;
    case 'TableConstructorExpression':
      for (const field of node.fields) {
        if (field.type === 'TableKey') field.key = expression(field.key);
        field.value = expression(field.value);
      }
  }
}

function replaceClause(clause: IfClause, expression: (node: Expression) => Expression, block: (body: Statement[]) => Statement[]): IfClause {
  const body = block(clause.body);
  return clause.condition ? { ...clause, condition: expression(clause.condition), body } : { ...clause, body };
}
