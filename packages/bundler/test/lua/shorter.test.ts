import { expect, it } from '@jest/globals';
import { flattenConcat } from '../../src/lua/flat-concat.ts';
import { flattenBlocks } from '../../src/lua/flat-blocks.ts';
import { dissolveTables } from '../../src/lua/dissolve-tables.ts';
import { foldConstants } from '../../src/lua/fold.ts';
import { shrinkLua } from '../../src/lua/shrink.ts';
import type { Statement, Variable } from '../../src/lua/tree.ts';
import { rewrite, walk } from '../../src/lua/walk.ts';
import { apply, line } from './passes.ts';

const shrink = (body: Statement[]) => foldConstants(shrinkLua(body, new Set()));
const concat = (body: Statement[]) => rewrite(body, { expression: flattenConcat });

/** The variable `T` counts as shared between modules: declared outside the body. */
function shrinkShared(body: Statement[]): Statement[] {
  const variable: Variable = { name: 'T' };
  walk(body, (node) => {
    if (node.type === 'Identifier' && node.name === 'T') node.variable = variable;
  });
  return shrinkLua(body, new Set([variable]));
}

it.each([
  ['reads of its fields', 'local T = { a = 0, b = -1, c = "x" } return t[T.a + 1], T.b, T.c', 'return t[1],-1,"x"'],
  ['reads from functions', 'local T = { a = 2 } return function() return T.a end', 'return function()return 2 end'],
])('a table of constants gives way to %s', (_name, source, expected) => {
  expect(line(apply(source, shrink))).toBe(expected);
});

it('a shared table of constants gives way as well', () => {
  expect(line(apply('do T = { a = 2, b = 3 } end g(T.a + T.b)', shrinkShared))).toBe('g(5)');
});

it.each([
  ['is passed on', 'local T = { a = 1 } f(T) return T.a'],
  ['is indexed by a value', 'local T = { a = 1 } return T.a, T[k]'],
  ['is assigned again', 'local T = { a = 1 } g = function() T = { a = 2 } end return T.a'],
  ['gets its only field later', 'local T = { a = 1 } g = function() T.a = 2 end return T.a'],
  ['is asked for a method', 'local T = { a = 1 } return T.a, T:a()'],
  ['names a field twice', 'local T = { a = 1, a = 2 } return T.a'],
  ['holds what has no name', 'local T = { 1, a = 2 } return T.a'],
])('a table stays when it %s', (_name, source) => {
  expect(apply(source, (body) => dissolveTables(body, new Set()))).toBe(apply(source));
});

it.each([
  ['gets fields of its own', 'local T = { a = f(), ["b-c"] = 1 } T.d = 2 return T.a, T["b-c"], T.d, T.e', 'local a,b local c=f()local d=1 a=2 return c,d,a,b'],
  ['is made anew each time', 'return function(n) local T = {} if n then T.a = n end return T.a end', 'return function(a)local b if a then b=a end return b end'],
  ['keeps some for those who set them later', 'local T = { a = 1, n = 0 } function T.f() T.n = T.n + T.a end return T.f', 'local a local c=1 local b={n=0}a=function()b.n=b.n+c end return a'],
  ['holds functions', 'local T = {} function T.f() return T.g() end function T.g() return 1 end return T.f()', 'local a,b a=function()return b()end b=function()return 1 end return a()'],
])('a table becomes variables when it %s', (_name, source, expected) => {
  expect(line(apply(source, (body) => dissolveTables(body, new Set())))).toBe(expected);
});

it('a shared table stays when it is set in a function', () => {
  expect(apply('function g() T = { a = 2 } end g(T.a)', shrinkShared)).toContain('.a');
});

it.each([
  ['inlines nil', 'local a = nil return f(a, a.b)', 'return f(nil,(nil).b)'],
  ['inlines what is declared early and set once', 'do local max local function f() return max end max = 7 return f(max) end', 'local function a()return 7 end return a(7)'],
  ['adds whole numbers only', 'return 1 + 2, 1.0 + 2, 9007199254740991 + 1', 'return 3,1.0+2,9007199254740991+1'],
])('%s', (_name, source, expected) => {
  expect(line(apply(source, shrink))).toBe(expected);
});

it.each([
  ['a call could read it before', 'do local max local function f() return max end g(f()) max = 7 return f(max) end'],
  ['a metamethod could read it before', 'do local max local x = t.y max = 7 return max, x end'],
  ['it is read before', 'do local max local x = max max = 7 return max, x, x end'],
  ['it is set in a branch', 'do local max if x then max = 7 end return max end'],
  ['it is set twice', 'do local max max = 7 max = 8 return max end'],
])('keeps a local declared early when %s', (_name, source) => {
  expect(apply(source, shrink)).toMatch(/\w=7/);
});

it.each([
  ['joins texts from the right', 'return ((a .. "b") .. c.d) .. tostring(e)', 'return a.."b"..c.d..tostring(e)'],
  ['joins after the first two pieces were evaluated', 'return (f() .. g()) .. "c"', 'return f()..g().."c"'],
  ['keeps the order when a later piece does something', 'return (a .. "b") .. f()', 'return(a.."b")..f()'],
])('%s', (_name, source, expected) => {
  expect(line(apply(source, concat))).toBe(expected);
});

it('keeps very long chains of texts as they are', () => {
  const chain = Array.from({ length: 60 }, (_, index) => `x${index}`).reduce((left, right) => `(${left} .. ${right})`);
  expect(apply(`return ${chain}`, concat)).toContain('(');
});

it.each([
  ['dissolves blocks of functions, keeping their variables apart', 'return function() local x = 1 do local x = 2 f(x) end return x end', 'return function()local a=1 local b=2 f(b)return a end'],
  ['keeps a block that leaves early', 'return function() do return 1 end f() end', 'return function()do return 1 end f()end'],
  ['keeps blocks among jumps', 'return function() goto out do local x = f() g(x) end ::out:: end', 'return function()goto out do local a=f()g(a)end ::out::end'],
  ['keeps blocks of the program', 'do local x = 1 f(x) end', 'do local a=1 f(a)end'],
])('%s', (_name, source, expected) => {
  expect(line(apply(source, flattenBlocks))).toBe(expected);
});

it('keeps blocks of functions with many locals', () => {
  const locals = Array.from({ length: 101 }, (_, index) => `local v${index} = f()`).join(' ');
  expect(apply(`return function() do ${locals} end f() end`, flattenBlocks)).toContain('do');
});

it.each([
  ['drops parentheses where one variable takes one value', 'local a = (f()) b = (f())', 'local a=f()b=f()'],
  ['keeps parentheses where more could follow', 'local a, b = (f()) c, d = (f())', 'local a,b=(f())c,d=(f())'],
])('%s', (_name, source, expected) => {
  expect(line(apply(source))).toBe(expected);
});
