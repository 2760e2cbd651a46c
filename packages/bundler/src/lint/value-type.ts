import ts from 'typescript';

export const partsOf = (type: ts.Type): readonly ts.Type[] => (type.isUnion() ? type.types : [type]);

const has = (type: ts.Type, flags: ts.TypeFlags) => (type.flags & flags) !== 0;

export function isNumber(type: ts.Type): boolean {
  return partsOf(type).every((part) => has(part, ts.TypeFlags.NumberLike));
}

export function isString(type: ts.Type): boolean {
  return partsOf(type).every((part) => has(part, ts.TypeFlags.StringLike));
}

export const mayBe = (type: ts.Type, flags: ts.TypeFlags): boolean => partsOf(type).some((part) => has(part, flags));

/** The type behind a type parameter's constraint. */
export function typeOf(node: ts.Node, checker: ts.TypeChecker): ts.Type {
  const type = checker.getTypeAtLocation(node);
  return checker.getBaseConstraintOfType(type) ?? type;
}

/** What an array or tuple holds; undefined for everything else. */
export function elementType(type: ts.Type, checker: ts.TypeChecker): ts.Type | undefined {
  const plain = checker.getNonNullableType(type);
  if (!checker.isArrayType(plain) && !checker.isTupleType(plain)) return undefined;
  return checker.getIndexTypeOfType(plain, ts.IndexKind.Number);
}
