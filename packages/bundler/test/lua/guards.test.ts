import { expect, it } from '@jest/globals';
import { createVm } from '@beamline/vm';
import { guardArithmetic, librariesIn } from '../../src/lua/guard.ts';
import { obeyLuaLimits } from '../../src/lua/limits.ts';
import { preludeFor } from '../../src/lua/prelude.ts';
import { guardRecursion } from '../../src/lua/recursion.ts';
import type { Statement } from '../../src/lua/tree.ts';
import { bindBudget, chargeLoops } from '../../src/lua/work-budget.ts';
import { apply } from './passes.ts';

const guard = (body: Statement[]) => {
  const safe = guardRecursion(bindBudget(body, {}));
  const libraries = safe.flatMap(librariesIn);
  const guarded = chargeLoops(guardArithmetic(safe));
  return [...preludeFor(guarded, libraries), ...guarded];
};

/** Runs guarded Lua inside `pcall` with an allowance of 100,000; returns the error, or what `action` returned. */
async function attempt(action: string, library = ''): Promise<unknown> {
  const source = `${library}
local function action() ${action} end
function result()
  __budget.n = 100000
  __budget.depth = 0
  local ok, value = pcall(action)
  return tostring(value)
end
function compute(base) return base end`;
  const guarded = apply(source, (body) => guard(body), false);
  const vm = await createVm({ code: guarded });
  try {
    return await vm.call('result');
  } finally {
    await vm.close();
  }
}

it.each([
  ['local a = 0 return 5 / a', 'kernel/arithmetic: division by zero'],
  ['local a = 0.0 return 5 % a', 'kernel/arithmetic: division by zero'],
  ['return 5 // (1 - 1)', 'kernel/arithmetic: division by zero'],
  ['return 6 // 2', '3'],
  ['return math.sqrt(-1)', 'kernel/arithmetic: sqrt of -1'],
  ['local m = math return m["log"](0)', 'kernel/arithmetic: log of 0'],
  ['return math.fmod(5, 0)', 'kernel/arithmetic: division by zero'],
  ['return string.char(256)', 'kernel/arithmetic: no byte 256'],
  ['return string.char(72, 105)', 'Hi'],
  ['return ("x"):rep(100000000)', 'kernel/work-budget: a string over 16 MB'],
  ['return ("ab"):rep(3)', 'ababab'],
  ['local n = 70 return 1 << n', 'kernel/arithmetic: shift by 70'],
  ['local b, e = 10, 400 return b ^ e', 'kernel/arithmetic: power out of range'],
  ['local b, e = -8, 0.5 return b ^ e', 'kernel/arithmetic: power out of range'],
])('answers %s with %s', async (action, expected) => {
  expect(await attempt(action)).toBe(expected);
});

it.each([
  ['return string.find("battle-0", "battle", nil, true)', '1'],
  ['local n return string.find("battle-0", "-", n, true)', '7'],
  ['return string.sub("abc", 2, nil)', 'bc'],
  ['local n return ("abc"):sub(2, n)', 'bc'],
  ['local t = {} return ("abc"):match("%a", t.from)', 'a'],
  ['local n = 2 return ("abc"):sub(1, n)', 'ab'],
  ['return ("abc"):sub(2)', 'bc'],
  ['local function both() return 2, 3 end return ("abcd"):sub(both())', 'bc'],
])('gives luerl no nil for a missing argument: %s', async (action, expected) => {
  expect(await attempt(action)).toBe(expected);
});

const BUDGET = 'kernel/work-budget: too much for one message';
it.each([
  ['a while', 'while true do end'],
  ['a repeat', 'repeat local x = 1 until false'],
  ['a long for', 'for i = 1, 1000000000 do end'],
  ['a for over a list that grows', 'local t = { 1 } for i, v in ipairs(t) do t[i + 1] = v end'],
  ['loops in loops', 'for i = 1, 1000 do for j = 1, 1000 do end end'],
  ['errors swallowed in a loop', 'while true do pcall(error, "x") end'],
  ['recursion swallowed in a loop', 'local function f() return 1 + f() end while true do pcall(f) end'],
])('stops %s', async (_name, action) => {
  expect(await attempt(action)).toBe(BUDGET);
});

it('gives nothing back for a loop that counts to a negative limit', async () => {
  expect(await attempt('local n = -1000000000 for i = 1, n do end while true do end')).toBe(BUDGET);
});

const DEEP = 'kernel/recursion: calls nest too deep';
it.each([
  ['a function that calls itself', 'return f(1)', 'local function f(n) return 1 + f(n + 1) end'],
  ['functions that call each other', 'return f(1)', 'local f, g f = function(n) return 1 + g(n) end g = function(n) return 1 + f(n) end'],
  ['functions in a table', 'return t.f(t)', 'local t = { f = function(t) return 1 + t.f(t) end }'],
  ['functions handed to others', 'return twice(twice)', 'local function twice(f) return 1 + f(f) end'],
  ['methods', 'return t:m()', 'local t = {} function t:m() return 1 + self:m() end'],
  ['callbacks of the host', 'return f("x")', 'local f f = function(s) return (string.gsub(s, ".", f)) .. "" end'],
  ['pcall inside pcall', 'local ok, e = f() if not ok then error(e, 0) end return "?"', 'local f f = function() local ok, e = pcall(f) if not ok then error(e, 0) end return ok, e end'],
])('stops endless recursion of %s', async (_name, action, library) => {
  expect(await attempt(action, library)).toBe(DEEP);
});

it('leaves recursion that ends alone, whatever way it returns', async () => {
  const library = `local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local function sum(t, i) if i > #t then return 0, "end" end local s, e = sum(t, i + 1) return s + t[i], e end
local function quiet(n) if n > 0 then quiet(n - 1) end end`;
  expect(await attempt('quiet(1000) quiet(1000) quiet(1000) local s, e = sum({ 1, 2, 3 }, 1) return fib(15) .. e .. s', library)).toBe('610end6');
});

it('keeps within 200 locals and 255 captured variables', async () => {
  const count = 400;
  const names = Array.from({ length: count }, (_, i) => `v${i}`);
  const source = `${names.map((name, i) => `local ${name} = ${i} local function f_${name}() ${name} = ${name} + 1 return ${name} end`).join('\n')}
local function all() local sum = 0 ${names.map((name) => `sum = sum + f_${name}() + ${name}`).join(' ')} return sum end
function result() return all() end
function compute(base) return base end`;
  const vm = await createVm({ code: apply(source, obeyLuaLimits) });
  const expected = Array.from({ length: count }, (_, i) => 2 * (i + 1)).reduce((a, b) => a + b);
  expect(await vm.call('result')).toBe(expected);
  await vm.close();
});
