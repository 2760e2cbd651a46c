import type {
  AssignmentStatement, BinaryExpression, BooleanLiteral, CallExpression, Expression, Identifier, LocalStatement, MemberExpression,
  NumericLiteral, Statement, StringLiteral, UnaryExpression, Variable,
} from './tree.ts';

export const global = (name: string): Identifier => ({ type: 'Identifier', name });
export const ref = (variable: Variable): Identifier => ({ type: 'Identifier', name: variable.name, variable });
export const text = (value: string): StringLiteral => ({ type: 'StringLiteral', value });
export const number = (value: number): NumericLiteral => ({ type: 'NumericLiteral', raw: String(value), value });
export const negative = (argument: Expression): UnaryExpression => ({ type: 'UnaryExpression', operator: '-', argument });
export const boolean = (value: boolean): BooleanLiteral => ({ type: 'BooleanLiteral', value });
export const member = (base: Expression, name: string): MemberExpression => ({ type: 'MemberExpression', indexer: '.', base, identifier: { name } });
export const call = (base: Expression, ...args: Expression[]): CallExpression => ({ type: 'CallExpression', base, arguments: args });
export const binary = (operator: string, left: Expression, right: Expression): BinaryExpression => ({
  type: operator === 'and' || operator === 'or' ? 'LogicalExpression' : 'BinaryExpression', operator, left, right,
});
export const local = (variable: Variable, init?: Expression): LocalStatement => ({
  type: 'LocalStatement', variables: [ref(variable)], init: init ? [init] : [],
});
export const assign = (target: Expression, value: Expression): AssignmentStatement => ({
  type: 'AssignmentStatement', variables: [target], init: [value],
});
export const when = (condition: Expression, ...body: Statement[]): Statement => ({
  type: 'IfStatement', clauses: [{ type: 'IfClause', condition, body }],
});
