import ts from 'typescript';
import type { ModuleFacts, RolePart } from './module-facts.ts';

const KINDS: Record<string, RolePart['kind']> = { components: 'component', systems: 'system', actions: 'action' };

/** Finds what a role lists. `open` gives the modules that it takes from others, as in `{ ...world, actions: { … } }`. */
export function typescriptRoleParts(
  facts: ModuleFacts, source: ts.SourceFile, open: (path: string) => { facts: ModuleFacts; source: ts.SourceFile } | undefined, exported = 'default',
): RolePart[] {
  const found = new Map<string, RolePart>();
  const add = (part: RolePart) => found.set(`${part.kind} ${part.name}`, part);
  const place = (position: number): readonly [number, number] => {
    const { line, character } = source.getLineAndCharacterOfPosition(position);
    return [line + 1, character];
  };
  const at = (node: ts.Expression): RolePart['at'] => {
    const name = namedBy(node);
    if (name === undefined) return { path: facts.path, start: place(node.getStart(source)), end: place(node.end) };
    const imported = facts.names.get(name.text);
    if (imported?.name === '*' && name.member !== undefined) return { path: imported.path, name: name.member };
    return imported ?? { path: facts.path, name: name.text };
  };
  const initializer = (name: string) => source.statements.flatMap((statement) => (ts.isVariableStatement(statement) ? [...statement.declarationList.declarations] : []))
    .find((each) => ts.isIdentifier(each.name) && each.name.text === name)?.initializer;
  const spread = (name: string) => {
    const imported = facts.names.get(name);
    const other = imported && open(imported.path);
    if (other) typescriptRoleParts(other.facts, other.source, open, imported.name).forEach(add);
    else if (initializer(name)) role(initializer(name) as ts.Expression);
  };
  const list = (kind: RolePart['kind'], node: ts.Expression): void => {
    const value = bare(node);
    if (ts.isIdentifier(value) && initializer(value.text)) list(kind, initializer(value.text) as ts.Expression);
    else if (ts.isArrayLiteralExpression(value)) {
      for (const element of value.elements) {
        if (ts.isSpreadElement(element)) list(kind, element.expression);
        else add({ kind, name: namedBy(element)?.label ?? `at line ${place(element.getStart(source))[0]}`, at: at(element) });
      }
    } else if (ts.isObjectLiteralExpression(value)) {
      for (const property of value.properties) {
        if (ts.isSpreadAssignment(property)) {
          if (ts.isIdentifier(property.expression) && initializer(property.expression.text)) list(kind, property.expression);
        } else if (ts.isPropertyAssignment(property)) add({ kind, name: property.name.getText(source).replace(/^['"]|['"]$/g, ''), at: at(property.initializer) });
        else if (ts.isShorthandPropertyAssignment(property)) add({ kind, name: property.name.text, at: at(property.name) });
        else if (ts.isMethodDeclaration(property)) add({ kind, name: property.name.getText(source), at: { path: facts.path, start: place(property.getStart(source)), end: place(property.end) } });
      }
    }
  };
  const role = (node: ts.Expression): void => {
    const value = bare(node);
    if (ts.isCallExpression(value) && value.arguments[0]) role(value.arguments[0]);
    else if (ts.isIdentifier(value)) spread(value.text);
    else if (ts.isObjectLiteralExpression(value)) {
      for (const property of value.properties) {
        if (ts.isSpreadAssignment(property) && ts.isIdentifier(property.expression)) spread(property.expression.text);
        const kind = property.name && KINDS[property.name.getText(source)];
        if (kind === undefined) continue;
        if (ts.isPropertyAssignment(property)) list(kind, property.initializer);
        else if (ts.isShorthandPropertyAssignment(property)) list(kind, property.name);
      }
    }
  };
  if (exported === 'default') source.statements.filter(ts.isExportAssignment).forEach(({ expression }) => role(expression));
  else if (initializer(exported)) role(initializer(exported) as ts.Expression);
  return [...found.values()];
}

/** `move`, `joinWith(…)`, `actions.move`: the declaration that an expression takes its code from. */
function namedBy(node: ts.Expression): { text: string; member?: string; label: string } | undefined {
  const value = bare(node);
  if (ts.isIdentifier(value)) return { text: value.text, label: value.text };
  if (ts.isCallExpression(value)) return namedBy(value.expression);
  if (ts.isPropertyAccessExpression(value) && ts.isIdentifier(value.expression)) return { text: value.expression.text, member: value.name.text, label: value.name.text };
  return undefined;
}

function bare(node: ts.Expression): ts.Expression {
  return ts.isSatisfiesExpression(node) || ts.isAsExpression(node) || ts.isParenthesizedExpression(node) ? bare(node.expression) : node;
}
