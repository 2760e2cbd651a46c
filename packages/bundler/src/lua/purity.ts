import type { CallExpression, Expression } from './tree.ts';

const LIBRARIES = new Set(['math', 'string', 'table', 'utf8', 'os']);

/** True when evaluating the expression can neither change anything nor fail. */
export function isPure(node: Expression): boolean {
  switch (node.type) {
    case 'Identifier': case 'StringLiteral': case 'NumericLiteral': case 'BooleanLiteral': case 'NilLiteral':
    case 'VarargLiteral': case 'FunctionDeclaration':
      return true;
    case 'MemberExpression': return node.base.type === 'Identifier' && !node.base.variable && LIBRARIES.has(node.base.name);
    case 'LogicalExpression': return isPure(node.left) && isPure(node.right);
    case 'BinaryExpression': return (node.operator === '==' || node.operator === '~=') && isPure(node.left) && isPure(node.right);
    case 'UnaryExpression': return (node.operator === 'not' || node.argument.type === 'NumericLiteral') && isPure(node.argument);
    case 'TableConstructorExpression':
      return node.fields.every((field) => isPure(field.value) && (field.type !== 'TableKey' || isPureKey(field.key)));
    case 'CallExpression':
      return node.base.type === 'Identifier' && !node.base.variable && node.base.name === 'setmetatable' && node.arguments.every(isPure);
    default: return false;
  }
}

/** Changes nothing and always ends, but may fail; gives the same whenever it is evaluated between two changes. `mayCall`: calls that are such, too. */
export function isCalm(node: Expression, mayCall: (call: CallExpression) => boolean = () => false): boolean {
  const calm = (part: Expression): boolean => isCalm(part, mayCall);
  switch (node.type) {
    case 'Identifier': case 'StringLiteral': case 'NumericLiteral': case 'BooleanLiteral': case 'NilLiteral': return true;
    case 'MemberExpression': return calm(node.base);
    case 'IndexExpression': return calm(node.base) && calm(node.index);
    case 'BinaryExpression': case 'LogicalExpression': return calm(node.left) && calm(node.right);
    case 'UnaryExpression': return calm(node.argument);
    case 'CallExpression': return mayCall(node) && node.arguments.every(calm);
    default: return false;
  }
}

/** `{[nil] = 1}` fails, so only literal keys count. */
export function isPureKey(key: Expression): boolean {
  return key.type === 'StringLiteral' || key.type === 'NumericLiteral' || key.type === 'BooleanLiteral';
}

/** Whether Lua takes the value as true; `undefined` when it can't be told. Only 0-ary facts: `0` and `""` are true in Lua. */
export function truthOf(node: Expression): boolean | undefined {
  switch (node.type) {
    case 'BooleanLiteral': return node.value;
    case 'NilLiteral': return false;
    case 'StringLiteral': case 'NumericLiteral': case 'FunctionDeclaration': return true;
    default: return undefined;
  }
}
