import ts from 'typescript';
import * as tstl from 'typescript-to-lua';
import { shortName } from './lua/rename.ts';

/** Of an interface whose fields have short names in Lua, by position: a new field goes last. */
const TAG = 'short';

/**
 * Fields of interfaces marked `@short` under short names: in accesses, object literals and patterns, wherever the type says
 * that the field is theirs. Patterns must have passed through `spellPatterns`.
 */
export const shortFields: tstl.Visitors = {
  [ts.SyntaxKind.PropertyAccessExpression]: (node: ts.PropertyAccessExpression, context: tstl.TransformationContext) => {
    const result = context.superTransformExpression(node);
    const short = shortOf(context.checker.getSymbolAtLocation(node.name));
    if (short !== undefined && tstl.isTableIndexExpression(result)) result.index = tstl.createStringLiteral(short);
    return result;
  },
  [ts.SyntaxKind.ObjectLiteralExpression]: (node: ts.ObjectLiteralExpression, context: tstl.TransformationContext) => {
    const result = context.superTransformExpression(node);
    const type = context.checker.getContextualType(node);
    if (!type || !tstl.isTableExpression(result)) return result;
    for (const field of result.fields) {
      const short = field.key && tstl.isStringLiteral(field.key) ? shortOf(propertyOf(type, field.key.value)) : undefined;
      if (short !== undefined) field.key = tstl.createStringLiteral(short);
    }
    return result;
  },
  [ts.SyntaxKind.StringLiteral]: (node: ts.StringLiteral, context: tstl.TransformationContext) => {
    const { parent } = node;
    const short = ts.isBindingElement(parent) && parent.propertyName === node
      ? shortOf(propertyOf(context.checker.getTypeAtLocation(parent.parent), node.text)) : undefined;
    return short === undefined ? context.superTransformExpression(node) : tstl.createStringLiteral(short);
  },
};

function propertyOf(type: ts.Type, name: string): ts.Symbol | undefined {
  return type.getNonNullableType().getProperty(name);
}

const known = new WeakMap<ts.Node, ReadonlyMap<string, string>>();

function shortOf(symbol: ts.Symbol | undefined): string | undefined {
  for (const declaration of symbol?.declarations ?? []) {
    const owner = ts.isPropertySignature(declaration) && ts.isInterfaceDeclaration(declaration.parent) ? declaration.parent : undefined;
    if (owner && symbol) return namesOf(owner).get(symbol.name);
  }
  return undefined;
}

function namesOf(owner: ts.InterfaceDeclaration): ReadonlyMap<string, string> {
  const found = known.get(owner);
  if (found) return found;
  const marked = ts.getJSDocTags(owner).some(({ tagName }) => tagName.text === TAG);
  const names = new Map(marked ? owner.members.map((member, index) => [member.name && ts.isIdentifier(member.name) ? member.name.text : '', shortName(index)]) : []);
  known.set(owner, names);
  return names;
}

/** `{ a }` and `{ a: b }` in patterns as `{ 'a': a }` and `{ 'a': b }`, which TypeScriptToLua lets plugins see. */
export function spellPatterns(file: ts.SourceFile): ts.SourceFile {
  const visit = (node: ts.Node): void => {
    if (ts.isObjectBindingPattern(node)) node.elements.forEach(spell);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return file;
}

function spell(element: ts.BindingElement): void {
  const name = element.propertyName ?? element.name;
  if (element.dotDotDotToken || !ts.isIdentifier(name)) return;
  const spelt = ts.setTextRange(ts.factory.createStringLiteral(name.text), name);
  // Parents aren't linked before the program binds the file.
  (element as { propertyName?: ts.PropertyName }).propertyName = spelt;
}
