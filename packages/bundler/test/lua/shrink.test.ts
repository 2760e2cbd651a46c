import { expect, it } from '@jest/globals';
import { compactLua } from '../../src/lua/compact.ts';
import { joinDeclarations } from '../../src/lua/join-declarations.ts';
import { shrinkLua } from '../../src/lua/shrink.ts';
import { useNumericFor } from '../../src/lua/numeric-for.ts';
import type { Statement } from '../../src/lua/tree.ts';
import { apply, line } from './passes.ts';

const shrink = (body: Statement[]) => shrinkLua(body, new Set());

it.each([
  ['drops unread locals but keeps their effects', 'local a = 1 local b = f() return 2', 'f()return 2'],
  ['drops functions that only call each other', 'local a local function b() return a() end a = function() return b() end return 1', 'return 1'],
  ['keeps a function that something live calls', 'local function a() return 1 end return a()', 'local function a()return 1 end return a()'],
  ['folds constant branches', 'local DEBUG = false if DEBUG then trace() elseif not DEBUG then go() else never() end', 'go()'],
  ['drops what follows a return', 'local function f() if true then return 1 end return 2 end return f()', 'local function a()return 1 end return a()'],
  ['keeps a local that is assigned with others', 'local a, b = 1, 2 a, b = f() return b', 'local b,a=1,2 b,a=f()return a'],
  ['keeps a variable that is written later', 'local a = 5 g = function() a = 6 end return a', 'local a=5 g=function()a=6 end return a'],
  ['propagates short constants', 'local a, b = 1, 2 local c = 7 return x + c', 'return x+7'],
  ['keeps exactly one value of a call', 'return true and f()', 'return(f())'],
  ['folds offsets', 'return t[i - 1 + 1], t[i + 1 + 1], t[i - 3 + 1]', 'return t[i],t[i+2],t[i-2]'],
  ['keeps indexing that may fail', 'local x = t.a.b return 1', 'local a=t.a.b return 1'],
])('%s', (_name, source, expected) => {
  expect(line(apply(source, shrink))).toBe(expected);
});

it.each([
  ['inlines a local read once by the next statement', 'local x = f() return x.y', 'return f().y'],
  ['leaves a local that the next statement evaluates late', 'local x = f() return g() + x', 'local a=f()return g()+a'],
  ['leaves a local that a loop reads again', 'local x = f() while x do g() end', 'local a=f()while a do g()end'],
  ['keeps one value when the call lands at the end of a list', 'local x = f() g(x)', 'g((f()))'],
  ['does not move a value past a variable that may change', 'local y = 1 local x = f() local z = y + x y = 2 return z, y, function() y = 3 end', 'local a,b=1,f()local c=a+b a=2 return c,a,function()a=3 end'],
  ['merges locals that do not read each other', 'local a = 1 local b = 2 local c = a return a + b + c + a + b + c', 'local a,b=1,2 return a+b+a+a+b+a'],
  ['drops parameters nobody reads', 'return function(a, b, c) return a end', 'return function(a)return a end'],
  ['turns else-if into elseif', 'if a then f() else if b then g() end end', 'if a then f()elseif b then g()end'],
])('%s', (_name, source, expected) => {
  expect(line(apply(source, compactLua))).toBe(expected);
});

it.each([
  ['joins a declaration with its first value', 'local a local b = 1 a = f(b) return a, b', 'local a=1 local b=f(a)return b,a'],
  ['keeps a declaration that a function needs early', 'local a local function g() return a end a = 1 return g', 'local a local function b()return a end a=1 return b'],
  ['makes a recursive function local', 'local f f = function(n) return f(n) end return f', 'local function a(b)return a(b)end return a'],
])('%s', (_name, source, expected) => {
  expect(line(apply(source, joinDeclarations))).toBe(expected);
});

it.each([
  ['counts up to a limit', 'do local i = 0 while i < n do f(i) i = i + 1 end end', 'do local i = 0 while i < n do f(i) i = i + 1 end end'],
  ['counts up to a fixed local', 'local n = g() do local i = 0 while i < n do f(i) i = i + 1 end end', 'local a=g()do for a=0,-(-a//1)-1 do f(a)end end'],
  ['includes a limit', 'local n = g() do local i = 1 while i <= n do f(i) i = i + 2 end end', 'local a=g()do for a=1,a,2 do f(a)end end'],
  ['counts down', 'do local i = 9 while i >= 0 do f(i) i = i - 1 end end', 'do for a=9,0,-1 do f(a)end end'],
  ['uses a length that cannot change', 'local t = g() do local i = 0 while i < #t do s = s + t[i + 1] i = i + 1 end end', 'local a=g()do for b=0,#a-1 do s=s+a[b+1]end end'],
])('%s by a numeric for where that is safe', (name, source, expected) => {
  // The first limit is a global: anybody may change it.
  const printed = line(apply(source, useNumericFor));
  expect(printed).toBe(name === 'counts up to a limit' ? line(apply(source)) : expected);
});

it.each([
  ['the counter is set inside', 'local n = g() do local i = 0 while i < n do if f() then i = 5 end i = i + 1 end end'],
  ['the limit is set inside', 'local n = g() do local i = 0 while i < n do n = f() i = i + 1 end end'],
  ['the list may grow', 'local t = g() do local i = 0 while i < #t do f(t) i = i + 1 end end'],
])('keeps a while when %s', (_name, source) => {
  expect(apply(source, useNumericFor)).toContain('while');
});
