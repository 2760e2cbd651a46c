import type { CallExpression, Expression, Statement, TableConstructor, Variable } from '../lua/tree.ts';
import { eachChild, walk } from '../lua/walk.ts';
import { mergeTaken, type MessageContract, type SentMessage, type SentTag, type TakenTag } from './message-contract.ts';

export type KernelFunction = 'send' | 'intTag' | 'textTag' | 'defineRole';

/**
 * Reads from Lua modules what their role sends and takes. Lua has no types: a tag that is no literal is of unknown kind.
 *
 * @param kernel which of the kernel's functions a variable stands for
 */
export function luaMessages(bodies: readonly (readonly Statement[])[], kernel: (variable: Variable) => KernelFunction | undefined): MessageContract {
  const values = new Map<Variable, Expression>();
  for (const body of bodies) {
    walk([...body], (node) => {
      if (node.type === 'LocalStatement') {
        node.variables.forEach(({ variable }, at) => {
          const value = node.init[at];
          if (variable !== undefined && value !== undefined) values.set(variable, value);
        });
      } else if (node.type === 'FunctionDeclaration' && node.identifier?.variable !== undefined) values.set(node.identifier.variable, node);
    });
  }
  /** What a name was given when it was declared. */
  const followed = (node: Expression): Expression => {
    const value = node.type === 'Identifier' && node.variable !== undefined ? values.get(node.variable) : undefined;
    return value === undefined || value === node ? node : followed(value);
  };
  const functionOf = ({ base }: CallExpression): KernelFunction | undefined => {
    const callee = followed(base);
    return callee.type === 'Identifier' && callee.variable !== undefined ? kernel(callee.variable) : undefined;
  };

  const sends: SentMessage[] = [];
  const actions = new Map<string, Expression>();
  for (const body of bodies) {
    walk([...body], (node) => {
      if (node.type !== 'CallExpression') return;
      const [argument] = node.arguments;
      const called = functionOf(node);
      if (called === 'send') sends.push(argument === undefined ? { tags: {}, open: true } : sent(followed(argument)));
      if (called !== 'defineRole' || argument === undefined) return;
      const list = fieldsOf(followed(argument)).get('actions');
      for (const [name, handler] of list === undefined ? [] : fieldsOf(followed(list))) actions.set(name, handler);
    });
  }
  return { sends, takes: Object.fromEntries([...actions].map(([action, node]) => [action, mergeTaken(taken(node))] as const).sort(([a], [b]) => (a < b ? -1 : 1))) };

  function sent(argument: Expression): SentMessage {
    if (argument.type !== 'TableConstructorExpression') return { tags: {}, open: true };
    const fields = fieldsOf(argument);
    const text = (name: string): string | undefined => {
      const value = fields.get(name);
      const found = value && followed(value);
      return found?.type === 'StringLiteral' ? found.value : undefined;
    };
    const receiver = fields.get('to');
    const [to, action, given] = [text('to') ?? (receiver && beginningOf(followed(receiver))), text('action'), fields.get('tags')];
    const table = given && followed(given);
    const tags = table?.type === 'TableConstructorExpression' ? table : undefined;
    return {
      ...(to === undefined ? {} : { to }), ...(action === undefined ? {} : { action }),
      tags: Object.fromEntries([...(tags === undefined ? [] : fieldsOf(tags))].map(([name, value]) => [name, tagOf(followed(value))])),
      ...(isClosed(argument) && (given === undefined || (tags !== undefined && isClosed(tags))) ? {} : { open: true }),
    };
  }

  function taken(handler: Expression): TakenTag[] {
    const tags: TakenTag[] = [];
    const seen = new Set<string>();
    const ids = new Map<Variable, number>();
    const visit = (node: Expression | Statement, required: boolean): void => {
      if (node.type === 'CallExpression') tags.push(...takenBy(node, required));
      if (node.type === 'Identifier' && node.variable !== undefined) {
        const value = values.get(node.variable);
        ids.set(node.variable, ids.get(node.variable) ?? ids.size);
        const key = `${ids.get(node.variable)} ${required}`;
        if (value !== undefined && !seen.has(key)) {
          seen.add(key);
          visit(value, required);
        }
      }
      const branches = node.type === 'IfStatement' || node.type === 'WhileStatement' || node.type === 'ForNumericStatement' || node.type === 'ForGenericStatement';
      const right = node.type === 'LogicalExpression' ? node.right : undefined;
      eachChild(node, (child) => visit(child, required && child !== right), (body) => body.forEach((child) => visit(child, required && !branches)));
    };
    visit(handler, true);
    return tags;
  }

  function takenBy(call: CallExpression, required: boolean): TakenTag[] {
    const how = functionOf(call);
    if (how !== 'intTag' && how !== 'textTag') return [];
    const [, name, first, second] = call.arguments.map(followed);
    if (name?.type !== 'StringLiteral') return [];
    const bound = (node: Expression | undefined): number | undefined => (node?.type === 'NumericLiteral' ? node.value : undefined);
    const [min, max] = [bound(first), bound(second)];
    return how === 'textTag'
      ? [{ name: name.value, required, kind: 'text', ...(min === undefined ? {} : { maxLength: min }) }]
      : [{ name: name.value, required, kind: 'number', ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }];
  }
}

/** `"battle-" .. shard`: what is written down of a name. */
function beginningOf(value: Expression): string | undefined {
  if (value.type !== 'BinaryExpression' || value.operator !== '..') return undefined;
  return value.left.type === 'StringLiteral' && value.left.value !== '' ? `${value.left.value}*` : undefined;
}

function tagOf(value: Expression): SentTag {
  if (value.type === 'StringLiteral') return { kind: 'text', values: [value.value] };
  if (value.type === 'NumericLiteral') return { kind: 'number', values: [value.value] };
  return { kind: 'unknown' };
}

function fieldsOf(node: Expression): Map<string, Expression> {
  const found = new Map<string, Expression>();
  for (const field of node.type === 'TableConstructorExpression' ? node.fields : []) {
    const name = field.type === 'TableKeyString' ? field.key.name : field.type === 'TableKey' && field.key.type === 'StringLiteral' ? field.key.value : undefined;
    if (name !== undefined) found.set(name, field.value);
  }
  return found;
}

/** All its names are written down. */
const isClosed = (table: TableConstructor): boolean => table.fields.every((field) => field.type === 'TableKeyString' || (field.type === 'TableKey' && field.key.type === 'StringLiteral'));
