import { expect, it } from '@jest/globals';
import { createVm } from '@beamline/vm';
import { quote } from '../../src/lua/quote.ts';
import { apply, line } from './passes.ts';

/** The value of a Lua expression in real Lua 5.3. */
async function evaluate(code: string): Promise<unknown> {
  const vm = await createVm({ code: `function result()\n${code}\nend\nfunction compute(base) return base end`, profile: 'lua5.3' });
  try {
    return await vm.call('result');
  } finally {
    await vm.close();
  }
}

it.each([
  ['return 2 ^ -3 ^ 2', 'return 2^-3^2'],
  ['return (2 ^ 3) ^ 2', 'return(2^3)^2'],
  ['return -(2 ^ 2) + -2 ^ 2', 'return-2^2+-2^2'],
  ['return (-2) ^ 2', 'return(-2)^2'],
  ['return 1 .. 2 .. "x"', 'return 1 ..2 .."x"'],
  ['return 10 - (5 - 2)', 'return 10-(5-2)'],
  ['return not (1 == 2) and not nil', 'return not(1==2)and not nil'],
  ['return - - 5', 'return- -5'],
  ['return (5 & 3) == 1', 'return 5&3==1'],
  ['return 7 // 2 * 2 % 3', 'return 7//2*2%3'],
  ['return ("x"):rep(3)', 'return("x"):rep(3)'],
  ['return #"abc" .. ""', 'return#"abc"..""'],
  ['return ({ 1, 2, [5] = 3, x = 4 })[5]', 'return({1,2,[5]=3,x=4})[5]'],
  ['return (function() return 1 end)()', 'return(function()return 1 end)()'],
  ['local function two() return 1, 2 end return select("#", (two()))', 'local function a()return 1,2 end return select("#",(a()))'],
  ['local s = [[a\nb]] return s .. "\\z\n  c"', 'local a="a\\nb"return a.."c"'],
  ["return 'end'", 'return("end")'],
  ['return ([[end]]) .. "end"', 'return"end".."end"'],
])('prints %s with the parentheses it needs', async (source, expected) => {
  const printed = apply(source);
  expect(line(printed)).toBe(expected);
  expect(await evaluate(printed)).toEqual(await evaluate(source));
});

it('separates statements that Lua would read as one call', async () => {
  const source = 'local t = { f = function() return 3 end }\nlocal x = t\n;(t.g or t.f)()\nreturn x.f()';
  expect(await evaluate(apply(source))).toBe(3);
});

it('escapes every byte so that it reads back the same', async () => {
  const bytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
  const literal = quote(`${bytes}0${bytes.slice(0, 32)}9"'`);
  expect(/^[\x20-\x7e]*$/.test(literal)).toBe(true);
  const sum = await evaluate(`local s = ${literal} local n = 0 for i = 1, #s do n = (n * 31 + s:byte(i)) % 1000003 end return n .. " " .. #s`);
  let expected = 0;
  const text = `${bytes}0${bytes.slice(0, 32)}9"'`;
  for (const char of text) expected = (expected * 31 + char.charCodeAt(0)) % 1000003;
  expect(sum).toBe(`${expected} ${text.length}`);
});

it('gives inner variables names that hide nothing they use', async () => {
  const source = `local first, second = 1, 2
local function outer(first)
  local third = first + second
  local function inner(second) return first + second + third end
  return inner(10) + second
end
do local second = 5 first = first + second end
return outer(100) + first`;
  expect(await evaluate(apply(source))).toBe(await evaluate(source));
});
