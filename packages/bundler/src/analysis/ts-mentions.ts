import ts from 'typescript';
import type { Declaration } from './module-facts.ts';

/** Names and members that a declaration mentions, types excluded. A name that it binds itself is its own, wherever it stands. */
export function readMentions(declaration: ts.Node): Pick<Declaration, 'mentions' | 'members' | 'defines' | 'calls'> {
  const mentions = new Set<string>();
  const members = new Set<string>();
  const bound = new Set<string>();
  let defines: string | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    if (ts.isIdentifier(node)) (isMember(node) ? members : mentions).add(node.text);
    if (ts.isParameter(node) || (ts.isVariableDeclaration(node) && node !== declaration)) boundNames(node.name).forEach((name) => bound.add(name));
    if (ts.isFunctionExpression(node) && node.name) bound.add(node.name.text);
    if (ts.isClassLike(node)) members.add('class');
    if (node.kind === ts.SyntaxKind.InstanceOfKeyword) members.add('instanceof');
    if (ts.isCallExpression(node)) defines ??= definedName(node);
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return { mentions: [...mentions].filter((name) => !bound.has(name)), members: [...members], ...(defines !== undefined && { defines }), ...(callsSomething(declaration) && { calls: true }) };
}

export function boundNames(name: ts.BindingName): string[] {
  return ts.isIdentifier(name) ? [name.text] : name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : boundNames(element.name)));
}

function callsSomething(declaration: ts.Node): boolean {
  const calls = (node: ts.Node): boolean =>
    ts.isCallExpression(node) || ts.isNewExpression(node) || (!ts.isFunctionLike(node) && (ts.forEachChild(node, (child) => calls(child) || undefined) ?? false));
  return ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined && calls(declaration.initializer);
}

/** `list.filter`, `{ filter: … }`; not `{ filter }`, which takes a name from around. */
function isMember(node: ts.Identifier): boolean {
  const { parent } = node;
  return (ts.isPropertyAccessExpression(parent) && parent.name === node) || (ts.isPropertyAssignment(parent) && parent.name === node)
    || (ts.isMethodDeclaration(parent) && parent.name === node) || (ts.isPropertyDeclaration(parent) && parent.name === node);
}

/** `system({ name: 'decay' })`, `component('Health', …)`. */
function definedName({ expression, arguments: [first] }: ts.CallExpression): string | undefined {
  const callee = ts.isPropertyAccessExpression(expression) ? expression.name.text : ts.isIdentifier(expression) ? expression.text : '';
  if (callee === 'component' && first && ts.isStringLiteral(first)) return first.text;
  if (callee !== 'system' || !first || !ts.isObjectLiteralExpression(first)) return undefined;
  const name = first.properties.find((property) => ts.isPropertyAssignment(property) && property.name.getText() === 'name');
  return name && ts.isPropertyAssignment(name) && ts.isStringLiteral(name.initializer) ? name.initializer.text : undefined;
}
