import type { Expression } from './lua/tree.ts';
import { isName } from './lua/name.ts';
import { boolean, negative, number, text } from './lua/build.ts';

/**
 * JSON as a Lua table constructor: arrays from 1, so that indices agree with what TypeScriptToLua makes of `list[i]`.
 *
 * @throws RangeError naming the path of a `null` inside an array: Lua lists have no holes.
 */
export function jsonTable(value: unknown, path = '$'): Expression {
  if (value === null) return { type: 'NilLiteral' };
  if (typeof value === 'boolean') return boolean(value);
  if (typeof value === 'number') return value < 0 || Object.is(value, -0) ? negative(number(Math.abs(value))) : number(value);
  if (typeof value === 'string') return text(Buffer.from(value, 'utf8').toString('latin1'));
  if (Array.isArray(value)) {
    return {
      type: 'TableConstructorExpression',
      fields: value.map((item, index) => {
        if (item === null) throw new RangeError(`${path}[${index}] is null`);
        return { type: 'TableValue', value: jsonTable(item, `${path}[${index}]`) };
      }),
    };
  }
  return {
    type: 'TableConstructorExpression',
    fields: Object.entries(value as Record<string, unknown>).filter(([, item]) => item !== null).map(([key, item]) => (isName(key)
      ? { type: 'TableKeyString', key: { name: key }, value: jsonTable(item, `${path}.${key}`) }
      : { type: 'TableKey', key: text(Buffer.from(key, 'utf8').toString('latin1')), value: jsonTable(item, `${path}.${key}`) })),
  };
}
