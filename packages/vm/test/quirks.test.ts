import { describe, expect, it } from '@jest/globals';
import { useEvaluation } from './evaluate.ts';

const evaluate = useEvaluation();

/** What luerl 1.3.0 makes of each expression: behaviour, Lua, text. */
type Quirk = [behaviour: string, source: string, text: string];

const numbers: Quirk[] = [
  ['tonumber of a string is a float', 'tonumber("2")', '2.0'],
  ['tonumber keeps a number as it is', 'tonumber(2)', '2'],
  ['tonumber with a base is a float too', 'tonumber("ff", 16)', '255.0'],
  ['tonumber of something else is nil', 'tonumber("x") == nil and tonumber({}) == nil', 'true'],
  ['division gives a float', '6 / 2', '3.0'],
  ['floor division rounds a quotient between -1 and 0 up', '-1 // 2', '0'],
  ['floor division floors elsewhere', '(-7 // 2) .. " " .. (7 // -2) .. " " .. (-4 // 2)', '-4 -4 -2'],
  ['modulo takes the sign of the divisor', '(-1 % 3) .. " " .. (1 % -3)', '2 -2'],
  ['a shift to the right keeps the sign', '(-8 >> 1) .. " " .. (-1 >> 70) .. " " .. (8 >> 1)', '-4 -1 4'],
  ['select counts with a float', 'select("#", 1, 2)', '2.0'],
  ['rawlen of a string is a float, of a table an integer', 'rawlen("ab") .. " " .. rawlen({1})', '2.0 1'],
  ['math.huge is the greatest float', 'math.huge', '1.7976931348623157e308'],
  ['math.random begins with the value the node gives', 'math.random(1000000)', '443585'],
];

const floatsAsText: Quirk[] = [
  ['a float shows all its digits', '0.1 + 0.2', '0.30000000000000004'],
  ['a round float takes the shorter notation', 'tostring(100.0) .. " " .. tostring(1000.0)', '100.0 1.0e3'],
  ['a large float has a point before its exponent', '1e15', '1.0e15'],
  ['a small float likewise', 'tostring(0.0001) .. " " .. tostring(1e-7)', '0.0001 1.0e-7'],
  ['a float beyond 2^53 is always scientific', '2.0 ^ 53', '9.007199254740992e15'],
  ['concatenation shows floats the same way', '1000.0 .. "|" .. 1e15 .. "|" .. -1.5', '1.0e3|1.0e15|-1.5'],
  ['concatenation of a computed operand too', '(1 + 0.5) .. "|" .. (500.0 * 2)', '1.5|1.0e3'],
  ['table.concat too', 'table.concat({1, 1000.0, "x.y"}, ",")', '1,1.0e3,x.y'],
  ['format %s too', 'string.format("%s %d %%", 1000.0, 3)', '1.0e3 3 %'],
];

const errors: Quirk[] = [
  ['division by zero raises', '1 / 0', "caught: bad arithmetic '/' on 1,0"],
  ['division of floats by zero raises', '0.0 / 0.0', "caught: bad arithmetic '/' on 0.0,0.0"],
  ['floor division by zero raises', '1 // 0.0', "caught: bad arithmetic '//' on 1,0.0"],
  ['modulo zero raises', '5 % 0', "caught: bad arithmetic '%' on 5,0"],
  ['a power without a result raises', '(-8) ^ 0.5', "caught: bad arithmetic '^' on -8,0.5"],
  ['a quotient beyond the floats raises', '1e300 / 1e-300', "caught: bad arithmetic '/' on 1.0e300,1.0e-300"],
  ['an error value that is a table arrives as text', 'error({})', 'caught: table: 1'],
  ['the same table keeps its number', '(function() local t = {} local a, b = tostring(t), tostring(t) return a == b end)()', 'true'],
  ['__tostring of an error value is asked', 'error(setmetatable({}, { __tostring = function() return "custom" end }))', 'caught: custom'],
  ['an error without a value arrives as nil', 'error(nil)', 'caught: nil'],
  ['an error that is a number arrives as text', 'type(select(2, pcall(error, 5)))', 'string'],
  ['error puts no place before its text', 'error("plain")', 'caught: plain'],
  ['Lua\'s own errors have no place either', '({}).x.y', "caught: attempt to index a nil value (field 'x')"],
  ['the text of assert gets an exclamation mark', 'assert(false, "no")', 'caught: no!'],
  ['assert without a text too', 'assert(nil)', 'caught: assertion failed!'],
  ['assert names what is not text', 'assert(false, {})', 'caught: error object is a table!'],
  ['assert passes its arguments on', 'select("#", assert(1, 2, 3))', '3.0'],
];

const libraries: Quirk[] = [
  ['string.gmatch raises', 'string.gmatch("a", "b")', 'caught: bad argument to gmatch'],
  ['string.dump raises', 'string.dump(function() end)', 'caught: bad argument to dump'],
  ['%f is no pattern', '("abc"):find("%f[%w]")', 'caught: malformed pattern'],
  ['a plain find may look for %f', '("a%f"):find("%f", 1, true)', '2'],
  ['match finds nothing in an empty string', '(""):match("^(.*)$")', 'nil'],
  ['match finds what is there', '("k=v"):match("^(.*)=")', 'k'],
  ['gsub to a limit of zero raises', '("a"):gsub("a", "b", 0)', 'caught: bad argument to gsub'],
  ['gsub replaces', '(("aab"):gsub("a", "x", 1))', 'xab'],
  ['string.char makes bytes', '#string.char(0, 255) .. string.char(65)', '2A'],
  ['collectgarbage returns nothing', 'collectgarbage("count")', 'nil'],
  ['pairs goes through numbers and then names in order', `(function()
      local t, seen = { b = 1, a = 2, [2] = 3, [1] = 4, [-1] = 5, [true] = 6 }, {}
      for k in pairs(t) do seen[#seen + 1] = tostring(k) end
      return table.concat(seen, ",") end)()`, '1,2,-1,true,a,b'],
  ['next gives the first key in that order', 'next({ b = 1, a = 2 })', 'a'],
  ['next continues in that order', '(next({ b = 1, a = 2, c = 3 }, "b"))', 'c'],
  ['pairs asks __pairs', '(pairs(setmetatable({}, { __pairs = function() return "asked" end })))', 'asked'],
  ['load gives nil and a text for what it refuses', '(load("x = = 1")) == nil', 'true'],
  ['load refuses goto', 'load("goto x ::x::")', 'nil'],
  ['load computes operators the same way', 'load("return 1 / 0")()', "caught: bad arithmetic '/' on 1,0"],
  ['loadstring is load', 'loadstring("return 6 / 2")()', '3.0'],
  ['os.time raises, because it differs from run to run', 'os.time()', 'caught: os.time is not deterministic: take time and chance from the message (req.timestamp)'],
  ['os.clock raises too', '(pcall(os.clock))', 'false'],
  ['os.getenv raises too', '(pcall(os.getenv, "HOME"))', 'false'],
  ['require knows the libraries', 'require("math") == math', 'true'],
  ['require finds a preloaded module once', `(function()
      package.preload.mine = function() return {} end
      return require("mine") == require("mine") end)()`, 'true'],
  ['require of anything else raises', 'require("nothing")', "caught: module 'nothing' not found"],
  ['math.log10 of zero is -500', 'math.log10(0)', '-500.0'],
];

const absent = [
  'string.pack', 'string.unpack', 'string.packsize', 'coroutine', 'xpcall', 'table.move', 'math.ult',
  'debug.traceback', 'debug.getinfo', 'debug.sethook', 'io.open',
];
const present = [
  'bit32.band', 'utf8.char', 'math.pow', 'math.cosh', 'math.frexp', 'math.ldexp', 'table.pack', 'unpack', 'debug.getmetatable',
];

describe.each([['numbers', numbers], ['floats as text', floatsAsText], ['errors', errors], ['libraries', libraries]])('%s', (_, quirks) => {
  it.each(quirks)('%s', async (_behaviour, source, text) => {
    expect(await evaluate(source)).toBe(text);
  });
});

it.each(absent)('lacks %s', async (name) => {
  expect(await evaluate(`${name} == nil`)).toBe('true');
});

it.each(present)('has %s', async (name) => {
  expect(await evaluate(`type(${name})`)).toBe('function');
});

it('gives the same chance after the same seed', async () => {
  const draw = '(function() math.randomseed(7) return math.random(1000) .. " " .. math.random(5, 9) end)()';
  expect(await evaluate(draw)).toBe(await evaluate(draw));
});
