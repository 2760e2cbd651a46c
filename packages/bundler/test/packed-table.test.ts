import { expect, it } from '@jest/globals';
import { dataTable } from '../src/packed-table.ts';
import { assembleLua } from '../src/assemble.ts';
import { assign, global, ref } from '../src/lua/build.ts';
import { printLua } from '../src/lua/print.ts';
import { bindScopes } from '../src/lua/scope.ts';
import { parseLua, type Variable } from '../src/lua/tree.ts';
import { callLua } from './run-lua.ts';

const size = (value: unknown) => printLua([{ type: 'ReturnStatement', arguments: [dataTable(value)] }], { minify: true }).code.length;

/** Lua that sets `data` to the table and then runs `use`, which returns text. */
function program(value: unknown, use: string): string {
  const variable: Variable = { name: 'data' };
  const body = parseLua(`start = function() ${use} end`, () => undefined);
  bindScopes(body, (name) => (name === 'data' ? variable : undefined));
  const data = assign(ref(variable), dataTable(value));
  return assembleLua({ modules: [{ file: 'data', body: [data] }, { file: 'use', body }], shared: new Set([variable]), minify: true }).code;
}

const LOOKS = 'local s = #data .. ":" for i = 1, #data do s = s .. tostring(data[i]) .. "," end return s .. tostring(data[0]) .. tostring(data[#data + 1])';
const roll = (seed: number) => () => (seed = (seed * 48_271) % 2_147_483_647);
const next = roll(7);
const of = (count: number, low: number, high: number) => Array.from({ length: count }, () => low + (next() % (high - low + 1)));

it.each([
  ['of few values', of(1000, 0, 3)], ['of one value', of(900, 5, 5)], ['with negative ones', of(500, -40, 90)], ['of large ones', of(300, 1_000_000, 9_000_000)],
  ['that grow', Array.from({ length: 400 }, (_, i) => 5_000_000 + i * 3)], ['of ninety-two values', of(700, 0, 91)], ['that fall', Array.from({ length: 400 }, (_, i) => 50 - i)],
])('integers %s are the same in Lua, in fewer bytes, and unpacked when first looked at', async (_name, list) => {
  const code = program(list, LOOKS);
  expect(await callLua(code, 'start')).toBe(`${list.length}:${list.map((item) => `${item},`).join('')}nilnil`);
  expect(size(list)).toBeLessThan(JSON.stringify(list).length * 0.75);
  expect(code).toContain('__len');
});

it('texts and records are the same in Lua', async () => {
  const texts = Array.from({ length: 300 }, (_, i) => (i % 7 === 0 ? '' : `Worn "Dagger" ${i} café`));
  expect(await callLua(program(texts, LOOKS), 'start')).toBe(`300:${texts.map((item) => `${item},`).join('')}nilnil`);
  const records = Array.from({ length: 200 }, (_, i) => ({ id: i + 1, name: `item ${i}`, rare: i % 9 === 0, 'two words': i * i }));
  const code = program(records, 'local s = "" for i = 1, #data do local r = data[i] s = s .. r.id .. r.name .. tostring(r.rare) .. r["two words"] .. "," end return s');
  expect(await callLua(code, 'start')).toBe(records.map((item) => `${item.id}${item.name}${item.rare}${item['two words']},`).join(''));
  expect(size(records)).toBeLessThan(JSON.stringify(records).length * 0.5);
});

it('is unpacked at once where it is used as a whole, which a function of the host might not notice otherwise', async () => {
  const list = of(1000, 0, 3);
  const code = program(list, 'return table.concat(data, ",")');
  expect(await callLua(code, 'start')).toBe(list.join(','));
  expect(code).not.toContain('__len');
});

it.each([
  ['short lists', [1, 2, 3]], ['fractions', of(200, 0, 9).map((item) => item + 0.5)], ['objects', { a: 1 }], ['records that differ', Array.from({ length: 50 }, (_, i) => (i % 2 ? { a: i } : { b: i }))],
])('%s stay a table', (_name, value) => {
  expect(dataTable(value).type).toBe('TableConstructorExpression');
});

it('a name of the prelude in somebody\'s code stays theirs', () => {
  expect(dataTable(of(1000, 0, 3))).toMatchObject({ type: 'CallExpression', base: global('__numbers') });
});
