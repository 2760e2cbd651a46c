import { call, global, negative, number, text } from './lua/build.ts';
import { jsonTable } from './json-table.ts';
import { printLua } from './lua/print.ts';
import type { Expression } from './lua/tree.ts';

/** Fewer bytes saved than this don't pay for the function that reads the text. */
const WORTH = 300;
/** Characters `#` to `~`: printable, and all but one of them one byte in a Lua string. */
const DIGITS = 92;
const FIRST_DIGIT = 35;
/** Digits that are read together: above, their number could pass 2^31. */
const MAX_SIZE = 4;
const SEPARATOR = '|';

/**
 * JSON as a Lua expression: a table constructor, or, where that is clearly shorter, text and a call of the prelude that
 * makes the same table of it. Lists of integers become digits to base 92, several to a character when they are small, or
 * their differences; lists of texts one text; lists of records with the same keys their columns.
 *
 * @throws RangeError as `jsonTable`.
 */
export function dataTable(value: unknown): Expression {
  const plain = jsonTable(value);
  const packed = packedForm(value);
  return packed && bytes(plain) - bytes(packed) >= WORTH ? packed : plain;
}

function packedForm(value: unknown): Expression | undefined {
  if (!Array.isArray(value) || value.length < 16) return undefined;
  return numbersCall(value) ?? textsCall(value) ?? recordsCall(value);
}

function unpack(name: string, ...values: Expression[]): Expression {
  return call(global(`__${name}`), { type: 'TableConstructorExpression', fields: [] }, ...values);
}

function numbersCall(list: readonly unknown[]): Expression | undefined {
  if (!list.every((item): item is number => Number.isSafeInteger(item) && !Object.is(item, -0))) return undefined;
  const differences = list.map((item, index) => item - (list[index - 1] ?? 0));
  const options = [encode(list, false), encode(differences, true)].filter((each) => each !== undefined);
  return options.sort((a, b) => bytes(a) - bytes(b))[0];
}

function encode(list: readonly number[], adds: boolean): Expression | undefined {
  const low = list.reduce((least, item) => Math.min(least, item), Infinity);
  const base = Math.max(2, list.reduce((most, item) => Math.max(most, item), -Infinity) - low + 1);
  if (base > DIGITS ** MAX_SIZE) return undefined;
  const groups = Array.from({ length: MAX_SIZE }, (_, index) => index + 1)
    .map((size) => ({ size, per: Math.floor((size * Math.log(DIGITS)) / Math.log(base) + 1e-9) })).filter(({ per }) => per > 0);
  const { size, per } = groups.reduce((best, each) => (each.size / each.per < best.size / best.per ? each : best));
  let digits = '';
  for (let at = 0; at < list.length; at += per) {
    let code = list.slice(at, at + per).reduceRight((sum, item) => sum * base + item - low, 0);
    const group = Array.from({ length: size }, () => {
      const digit = code % DIGITS;
      code = Math.floor(code / DIGITS);
      return String.fromCharCode(FIRST_DIGIT + digit);
    });
    digits += group.reverse().join('');
  }
  const start = low < 0 ? negative(number(-low)) : number(low);
  return unpack('numbers', text(digits), number(base), start, number(per), number(size), number(list.length), ...(adds ? [number(1)] : []));
}

function textsCall(list: readonly unknown[]): Expression | undefined {
  if (!list.every((item): item is string => typeof item === 'string' && !item.includes(SEPARATOR))) return undefined;
  return unpack('texts', jsonTable(list.map((item) => `${item}${SEPARATOR}`).join('')));
}

function recordsCall(list: readonly unknown[]): Expression | undefined {
  const keys = Object.keys(typeof list[0] === 'object' && list[0] !== null ? list[0] : {});
  const isRecord = (item: unknown): item is Record<string, unknown> => typeof item === 'object' && item !== null && !Array.isArray(item)
    && Object.keys(item).length === keys.length && keys.every((key) => Object.hasOwn(item, key) && (item as Record<string, unknown>)[key] !== null);
  if (keys.length === 0 || !list.every(isRecord)) return undefined;
  const columns = keys.map((key) => {
    const column = list.map((item) => item[key]);
    return { type: 'TableValue' as const, value: packedForm(column) ?? jsonTable(column) };
  });
  return unpack('records', jsonTable(keys), { type: 'TableConstructorExpression', fields: columns });
}

function bytes(node: Expression): number {
  return printLua([{ type: 'ReturnStatement', arguments: [node] }], { minify: true }).code.length;
}
