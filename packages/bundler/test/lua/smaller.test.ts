import { describe, expect, it } from '@jest/globals';
import { propagateCopies } from '../../src/lua/copies.ts';
import { flattenBlocks } from '../../src/lua/flat-blocks.ts';
import { inlineCalls } from '../../src/lua/inline-calls.ts';
import { inlineSmall } from '../../src/lua/inline-small.ts';
import { nameLiterals } from '../../src/lua/name-literals.ts';
import { preludeFor } from '../../src/lua/prelude.ts';
import { shapeReturns } from '../../src/lua/return-shapes.ts';
import { findSharedErrors, shareErrors } from '../../src/lua/share-errors.ts';
import { shiftLoops } from '../../src/lua/shift-loops.ts';
import type { Statement } from '../../src/lua/tree.ts';
import { walk } from '../../src/lua/walk.ts';
import { apply, line } from './passes.ts';

/** As if compiled from TypeScript: every function gives one value. */
function typed(body: Statement[]): Statement[] {
  walk(body, (node) => {
    if (node.type === 'FunctionDeclaration') node.givesOne = true;
  });
  return body;
}

const inline = (body: Statement[]) => flattenBlocks(inlineCalls(typed(body), new Set()));
const shape = (body: Statement[]) => shapeReturns(typed(body));

describe('a function with one caller', () => {
  it.each([
    ['goes where it is called', 'local function f(x) g(x) end h = function(y) f(y + 1) z() end', 'h=function(a)local b=a+1 g(b)z()end'],
    ['gives its value to a variable', 'local function f(x) local y = x.a return y + 1 end h = function(t) local v = f(t) return v, v end',
      'h=function(b)local a local c=b local d=c.a a=d+1 return a,a end'],
    ['returns for its caller', 'local function f(x) if x then return 1 end return 2 end h = function(t) return f(t) end', 'h=function(a)local b=a if b then return 1 end return 2 end'],
    ['goes on in the branch that did not return', 'local function f(x) if x then return 1 end g() return 2 end h = function(t) local v = f(t) return v, v end',
      'h=function(b)local a local c=b if c then a=1 else g()a=2 end return a,a end'],
    ['is evaluated before what waits for it', 'local function f(x) g() return x end h = function(t) k(f(t), z) end', 'h=function(b)local a local c=b g()a=c k(a,z)end'],
  ])('%s', (_name, source, expected) => {
    expect(line(apply(source, inline))).toBe(expected);
  });

  it.each([
    ['it returns from a loop', 'local function f(x) for i = 1, x do if g(i) then return i end end return 0 end h = function(t) local v = f(t) return v, v end'],
    ['something is evaluated before it', 'local function f(x) g() return x end h = function(t) k(z(), f(t)) end'],
    ['it is mentioned elsewhere', 'local function f(x) g(x) end h = function(y) f(y) k(f) end'],
    ['it calls itself', 'local f f = function(x) f(x) end h = 1'],
    ['its arguments may be fewer than it seems', 'local function f(x, y) g(x, y) end h = function() f(k()) end'],
    ['it takes any number of arguments', 'local function f(...) g(...) end h = function() f(1) end'],
  ])('stays when %s', (_name, source) => {
    expect(apply(source, inline)).toBe(apply(source, (body) => flattenBlocks(body)));
  });

  it('stays when it was written in Lua, where it may give any number of values', () => {
    const source = 'local function f(x) return g(x) end h = function(y) return f(y) end';
    expect(apply(source, (body) => inlineCalls(body, new Set()))).toBe(apply(source));
  });

  it('takes variables of its module along', () => {
    const shared = new Set<never>();
    const source = 'do local seen = {} f = function(x) seen[x] = 1 end end do h = function(y) f(y) end end';
    const code = line(apply(source, (body) => {
      walk(body, (node) => {
        if (node.type === 'Identifier' && node.name === 'f') node.variable = f;
      });
      const inlined = inlineCalls(typed(body), shared);
      return [{ type: 'LocalStatement', variables: [...shared].map((variable) => ({ type: 'Identifier', name: '', variable })), init: [] }, ...inlined];
    }));
    expect(code).toBe('local a do a={}end do h=function(b)do local c=b a[c]=1 end end end');
  });
});

const f = { name: 'f' };

describe('a function that only reads', () => {
  it('is said where it is called, when that is shorter', () => {
    const source = 'local function count(held) return held.tail - held.head end g(count(x.y), 1) h = function(z) return count(z) end';
    expect(line(apply(source, (body) => inlineSmall(typed(body))))).toContain('local function');
    expect(line(apply('local function at(list, key) return list[key] end h = function(z) return at(z, "name") end', (body) => inlineSmall(typed(body))))).toBe('h=function(a)return a.name end');
  });

  it('stays when it reads a variable that its caller may not see', () => {
    expect(apply('do local t = g() f = function(key) return t[key] end end h = function(z) return f(z) end', (body) => inlineSmall(typed(body)))).toContain('f=function');
  });
});

it.each([
  ['a second name for the same value goes', 'return function(a) local b = a return b + b end', 'return function(a)return a+a end'],
  ['a copy of what changes stays', 'return function(a) local b = a a = 2 return b + a end', 'return function(a)local b=a a=2 return b+a end'],
  ['a copy that changes stays', 'return function(a) local b = a b = b + 1 return b + a end', 'return function(b)local a=b a=a+1 return a+b end'],
])('%s', (_name, source, expected) => {
  expect(line(apply(source, propagateCopies))).toBe(expected);
});

it.each([
  ['one of two values', 'return function(a) if a then return "x" end return a.y end', 'return function(a)return a and"x"or a.y end'],
  ['false or a value', 'return function(a) if a == 1 then return false end return g(a) end', 'return function(a)return a~=1 and g(a)end'],
  ['true or a value', 'return function(a) if a == 1 then return true end return g(a) end', 'return function(a)return a==1 or g(a)end'],
  ['true or a value, after a test that gives no boolean', 'return function(a) if a then return true end return g(a) end', 'return function(a)return a and true or g(a)end'],
  ['guards with the same result', 'return function(a) if a == 1 then return nil end if a == 2 then return nil end return g(a) end', 'return function(a)if a==1 or a==2 then return nil end return g(a)end'],
  ['a guard that only leaves', 'return function(a) if a.b == 1 then return end g(a) h(a) end', 'return function(a)if a.b~=1 then g(a)h(a)end end'],
  ['a choice', 'return function(a) local b if a then b = 1 else b = a.c end return b, b end', 'return function(a)local b=a and 1 or a.c return b,b end'],
  ['a choice of nothing', 'return function(a) local b if a then b = a.c else b = nil end return b, b end', 'return function(b)local a if b then a=b.c end return a,a end'],
])('shapes %s', (_name, source, expected) => {
  expect(line(apply(source, shape))).toBe(expected);
});

it.each([
  ['the first value may be false', 'return function(a) if a then return a.x end return a.y end'],
  ['a test gives no boolean and the value is false', 'return function(a) local b if a then b = a.c else b = a.d end return b, b end'],
])('keeps branches where %s', (_name, source) => {
  expect(apply(source, shape)).toBe(apply(source));
});

it.each([
  ['a counter wanted plus one counts from one', 'for i = 0, #t - 1 do g(t[i + 1], u[k + i + 1]) end', 'for a=1,#t do g(t[a],u[k+a])end'],
  ['its bare mentions are one less', 'for i = 0, n - 1 do t[i + 1] = u[i + 1] + i end', 'for a=1,n do t[a]=u[a]+(a-1)end'],
  ['a counter wanted as it is stays', 'for i = 0, n - 1 do g(i, i) end', 'for a=0,n-1 do g(a,a)end'],
])('%s', (_name, source, expected) => {
  expect(line(apply(source, shiftLoops))).toBe(expected);
});

it('errors of one package share its name', () => {
  const source = Array.from({ length: 9 }, (_, index) => `error("kernel/bad-${index}: " .. x, 0)`).join(' ');
  const code = line(apply(source, (body) => {
    const { starts, definitions } = findSharedErrors(body)!;
    const shared = [...definitions, ...shareErrors(body, starts)];
    return [...preludeFor(shared, []), ...shared];
  }));
  expect(code).toBe(`local function b(a)error(a,0)end local function a(a)b("kernel/"..a)end ${Array.from({ length: 9 }, (_, index) => `a("bad-${index}: "..x)`).join('')}`);
});

describe('literals that are often said', () => {
  const named = (room: number) => (body: Statement[]) => {
    const { declarations, body: rest } = nameLiterals(body, room);
    return [...declarations, ...rest];
  };

  it('have a name, the ones that save most first', () => {
    const source = 'f("refused", 4294967295, false) g("refused", 4294967295, false) h = { "refused", refused = 4294967295, ["refused"] = false } t.refused = k("refused")';
    expect(line(apply(source, named(9)))).toBe('local a,b="refused",4294967295 f(a,b,false)g(a,b,false)h={a,refused=b,[a]=false}t.refused=k(a)');
    expect(line(apply(source, named(1)))).toBe('local a="refused"f(a,4294967295,false)g(a,4294967295,false)h={a,refused=4294967295,[a]=false}t.refused=k(a)');
    expect(line(apply(source, named(0)))).toBe(line(apply(source)));
  });

  it('stay where they are short, seldom, or part of a loop', () => {
    for (const source of ['f("ab", "ab", 12, 12)', 'f("a longer text", "another text")']) expect(apply(source, named(9))).toBe(apply(source));
    const many = Array.from({ length: 12 }, () => 'f(true)').join(' ');
    expect(apply(`while true do ${many} end`, named(9))).toBe(apply(`while true do ${many} end`));
    expect(line(apply(`while true do ${many} end ${many}`, named(9)))).toBe(`local a=true while true do ${'f(true)'.repeat(12)}end ${'f(a)'.repeat(12)}`);
  });
});
