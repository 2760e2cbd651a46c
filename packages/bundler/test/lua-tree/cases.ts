import type { Files } from './run-tree.ts';

export interface Case {
  files: Files;
  said: string;
  /** Texts that must not be in the minified bundle for `lua`. */
  gone?: readonly string[];
}

export const cases: Record<string, Case> = {
  'loads a module once, when it is first asked for': {
    files: {
      'main.lua': 'say("main") local f = function() return require("late") end say(f() == f()) require("late")',
      'late.lua': 'say("late") return {}',
    },
    said: 'main|late|true',
  },
  'does not load what no branch taken asks for': {
    files: { 'main.lua': 'if not say then require("never") end say("done")', 'never.lua': 'say("NEVER")' },
    said: 'done',
  },
  'gives true for a module that returns nothing, and loads it once': {
    files: { 'main.lua': 'say(require("quiet"), require("quiet")) local q = require("quiet") say(q)', 'quiet.lua': 'say("loading")' },
    said: 'loading|true true|true',
  },
  'gives true for nil, and loads again what returned false': {
    files: { 'main.lua': 'say(require("n"), require("f"), require("f"))', 'n.lua': 'return nil', 'f.lua': 'say("f") return false' },
    said: 'f|f|true false false',
  },
  'keeps effects in the order of the requires, in the middle of a module too': {
    files: {
      'main.lua': 'say(1) local a = require("a") say(2) local b, c = require("b"), require("c") say(a.n, b.n, c.n)',
      'a.lua': 'say("a1") local c = require("c") say("a2") return { n = "A" .. c.n }',
      'b.lua': 'say("b") return { n = "B" }', 'c.lua': 'say("c") return { n = "C" }',
    },
    said: '1|a1|c|a2|2|b|AC B C',
  },
  'runs two requires on one line, and calls without parentheses': {
    files: {
      'main.lua': "local a = require'a' local b = require [[b]] say(a() .. b()) say(require\"a\"() , require(('b'))())",
      'a.lua': 'return function() return "a" end', 'b.lua': 'return function() return "b" end',
    },
    said: 'ab|a b',
  },
  'ignores require in strings and comments': {
    files: {
      'main.lua': '-- require("missing1")\n--[[ require("missing2") ]] local s = "require(\'missing3\')" local t = [==[ require("missing4") ]==] say(s) say(t)',
    },
    said: 'require(\'missing3\')| require("missing4") ',
  },
  'takes names with dashes, folders, init files and shared spelling': {
    files: {
      'main.lua': 'say(require("my-lib").n, require("lib.deep").n, require("lib.pack").n) local end_ = require("lib.deep-er") say(end_)',
      'my-lib.lua': 'return { n = 1 }', 'lib/deep.lua': 'return { n = 2 }', 'lib/pack/init.lua': 'return { n = 3 }', 'lib/deep-er.lua': 'return "end"',
    },
    said: '1 2 3|end',
  },
  'lets modules require each other later': {
    files: {
      'main.lua': 'local even = require("even") say(even.is(10), even.is(7))',
      'even.lua': 'local M = {} function M.is(n) if n == 0 then return true end return require("odd").is(n - 1) end return M',
      'odd.lua': 'local even = require("even") local M = {} function M.is(n) if n == 0 then return false end return even.is(n - 1) end return M',
    },
    said: 'true false',
  },
  'lets modules require each other at once when one has entered itself in package.loaded': {
    files: {
      'main.lua': 'local a = require("a") say(a.name, a.b.name, a.b.a.name)',
      'a.lua': 'local M = { name = "a" } package.loaded["a"] = M M.b = require("b") return M',
      'b.lua': 'return { name = "b", a = require("a") }',
    },
    said: 'a b a',
  },
  'takes what somebody put into package.loaded and package.preload': {
    files: {
      'main.lua': 'package.loaded["x"] = { n = "mine" } package.preload.y = function(name) return { n = name } end say(require("x").n, require("y").n)',
      'x.lua': 'return { n = "file" }', 'y.lua': 'return { n = "file" }',
    },
    said: 'mine y',
  },
  'tells a module its own name': {
    files: {
      'main.lua': 'require("named") require("itself") say(package.loaded["itself"].n)',
      'named.lua': 'local name = ... say(name)', 'itself.lua': 'package.loaded[...] = { n = "by itself" }',
    },
    said: 'named|by itself',
  },
  'gives what a module returns from the middle': {
    files: {
      'main.lua': 'say(require("early").n) say(require("value")) say(require("call"))',
      'early.lua': 'if say then return { n = "early" } end return { n = "late" }',
      'value.lua': 'local n = 1 n = n + 1 return n', 'call.lua': 'return (function() return "called" end)()',
    },
    said: 'early|2|called',
  },
  'passes tables around whole where they are used as values': {
    files: {
      'main.lua': 'local shapes = require("shapes") local names = {} for name in pairs(shapes) do names[#names + 1] = name end table.sort(names) say(table.concat(names, ",")) local key = "ar" .. "ea" say(shapes[key](2))',
      'shapes.lua': 'local M = {} function M.area(n) return n * n end function M.unasked() return "KEPT" end return M',
    },
    said: 'area,unasked|4',
  },
  'calls methods of modules, classes and singletons': {
    files: {
      'main.lua': 'local Account = require("account") local bank = require("bank") local a = Account.new("ann", 5) a:add(3) bank:put(a) say(bank:total(), a:show())',
      'account.lua': 'local Account = {} Account.__index = Account function Account.new(name, n) return setmetatable({ name = name, n = n }, Account) end function Account:add(n) self.n = self.n + n end function Account:show() return self.name .. self.n end return Account',
      'bank.lua': 'local Bank = { list = {} } function Bank:put(a) self.list[#self.list + 1] = a end function Bank:total() local n = 0 for _, a in ipairs(self.list) do n = n + a.n end return n end return Bank',
    },
    said: '8 ann8',
  },
  'sees what one module sets in another': {
    files: {
      'main.lua': 'local config = require("config") config.level = 7 config.added = "new" say(require("reader").read()) config.level = config.level + 1 say(require("reader").read())',
      'config.lua': 'return { level = 1 }', 'reader.lua': 'local config = require("config") return { read = function() return config.level .. (config.added or "") end }',
    },
    said: '7new|8new',
  },
  'keeps what a module adds to the libraries of Lua': {
    files: {
      'main.lua': 'require("ext") say(string.trim("  x "), ("y "):trim(), table.last({ 1, 2 })) say(string.trim(" 1"), string.trim(" 2"), string.trim(" 3"), string.trim(" 4"), string.trim(" 5"), string.trim(" 6"))',
      'ext.lua': 'function string.trim(s) return (s:gsub("^%s+", ""):gsub("%s+$", "")) end table.last = function(t) return t[#t] end',
    },
    said: 'x y 2|1 2 3 4 5 6',
  },
  'drops what nothing reaches: functions, locals, fields of modules, branches, modules': {
    files: {
      'main.lua': 'local u = require("used") if u.DEBUG then require("debugging").dump() end say(u.go())',
      'used.lua': 'local helper = require("helper") local M = { DEBUG = false, label = "GONE_LABEL" } local function private() return "GONE_PRIVATE" end function M.go() return helper.twice(21) end function M.idle() return private() .. helper.idle() .. "GONE_IDLE" end return M',
      'helper.lua': 'return { twice = function(n) return n * 2 end, idle = function() return "GONE_HELPER" end }',
      'debugging.lua': 'local M = {} function M.dump() say("GONE_DUMP") end return M',
    },
    said: '42',
    gone: ['GONE_LABEL', 'GONE_PRIVATE', 'GONE_IDLE', 'GONE_HELPER', 'GONE_DUMP'],
  },
  'drops through barrels': {
    files: {
      'main.lua': 'local all = require("all") say(all.add(1, 2))',
      'all.lua': 'local add = require("math.add") return { add = add.add, sub = require("math.sub").sub }',
      'math/add.lua': 'return { add = function(a, b) return a + b end, noise = "GONE_NOISE" }', 'math/sub.lua': 'return { sub = function(a, b) return "GONE_SUB" end }',
    },
    said: '3',
    gone: ['GONE_NOISE', 'GONE_SUB'],
  },
  'uses goto as Lua does': {
    files: {
      'main.lua': 'local out = "" for i = 1, 5 do if i % 2 == 0 then goto continue end local x if i == 3 then goto continue end x = i out = out .. x ::continue:: end say(out) require("jumps")',
      'jumps.lua': 'local n = 0 ::again:: n = n + 1 if n < 3 then goto again end say(n)',
    },
    said: '15|3',
  },
  'sees through other names for require': {
    files: {
      'main.lua': 'local require = require local ok, a = pcall(require, "a") local fine, none = pcall(require, "missing") say(ok, a.n, fine) say(_G.require("b").n)',
      'a.lua': 'return { n = 1 }', 'b.lua': 'return { n = 2 }',
    },
    said: 'true 1 false|2',
  },
  'keeps numbers as they are written': {
    files: { 'main.lua': 'local big, hex = 9007199254740993, 0xffffffffffffffff say(big == 9007199254740992, hex, 1e2, 3 // 1, 2^53, 7 / 2, 1.0)' },
    said: 'false -1 100.0 3 9.007199254741e+15 3.5 1.0',
  },
  'dissolves tables within tables, and keeps apart what has the same name': {
    files: {
      'main.lua': 'local M, other = require("a"), require("b") local function f(M) return M end say(M.sub.deep.f(), other.sub.deep, f(1), M.sub.n) local a, b = 1, 2 a, b = b, a say(a, b)',
      'a.lua': 'local M = { sub = { n = 0 } } M.sub.deep = { idle = "GONE_DEEP" } function M.sub.deep.f() M.sub.n = M.sub.n + 1 return "deep" .. M.sub.n end return M',
      'b.lua': 'return { sub = { deep = "other" } }',
    },
    said: 'deep1 other 1 1|2 1',
    gone: ['GONE_DEEP'],
  },
  'keeps tables that are made anew in each turn and each call': {
    files: {
      'main.lua': 'local list = {} for i = 1, 3 do local t = {} if i > 1 then t.n = i end list[i] = function() return t.n end end say(list[1](), list[2](), list[3]()) local function p(x) local o = { x = x } if x then o.y = x end return o.y end say(p(1), p(nil), p(2))',
    },
    said: 'nil 2 3|1 nil 2',
  },
  'gives multiple values, varargs and nils as Lua does': {
    files: {
      'main.lua': 'local m = require("many") local function count(...) return select("#", ...) end say(count(m.two()), count((m.two())), count(m.two(), m.two()), count(m.none())) local t = { m.two(), m.two() } say(#t, table.unpack(m.pass(1, nil, 3), 1, 3)) local x, y, z = m.two() say(x, y, z)',
      'many.lua': 'local M = {} function M.two() return 1, 2 end function M.none() end function M.pass(...) return { ... } end return M',
    },
    said: '2 1 3 0|3 1 nil 3|1 2 nil',
  },
  'keeps operators, literals and scopes': {
    files: {
      'main.lua': 'say(7 // 2, -7 // 2, 7 % -3, 5 & 3, 5 | 3, 5 ~ 3, ~0, 1 << 4, 256 >> 4, 2 ^ 3 ^ 2, -2 ^ 2, not nil == true, 1 .. 2) say("\\65\\x42\\z   c", [[a\nb]], \'"\', #"\\u{e9}") local n = 0 repeat local done = n >= 2 n = n + 1 until done say(n) for i = 3, 1, -1 do n = n * 10 + i end for x = 0, 1, 0.5 do n = n + x end say(n) local t = { 10, 20, nil, 40; x = 1, ["y z"] = 2, [3.0] = 30 } say(t[3], t[4], t["y z"]) say(1 < 2 and "yes" or "no", nil and 1 or false, 0 and "zero") do local n = "inner" say(n) end',
    },
    said: '3 -4 -2 1 7 6 -1 16 16 512.0 -4.0 true 12|ABc a\nb " 2|3|3322.5|nil 40 2|yes false zero|inner',
  },
  'keeps metatables at work': {
    files: {
      'main.lua': 'local V = require("vector") local a = V(1, 2) + V(3, 4) say(a.x, a.y, tostring(a), a == V(4, 6), #a, a()) a.z = 5 say(rawget(a, "z"), a.anything)',
      'vector.lua': 'local V = {} local meta = {} meta.__add = function(a, b) return V.new(a.x + b.x, a.y + b.y) end meta.__tostring = function(v) return "(" .. v.x .. "," .. v.y .. ")" end meta.__eq = function(a, b) return a.x == b.x and a.y == b.y end meta.__len = function() return 2 end meta.__call = function(v) return v.x * v.y end meta.__index = function(_, key) return key .. "?" end meta.__newindex = function(t, k, v) rawset(t, k, v * 2) end function V.new(x, y) return setmetatable({ x = x, y = y }, meta) end return setmetatable(V, { __call = function(_, x, y) return V.new(x, y) end })',
    },
    said: '4 6 (4,6) true 2 24|10 anything?',
  },
  'stops a loop of loads that only happens while loading': {
    files: {
      'main.lua': 'local fine, problem = pcall(function() return require("a") end) say(fine, (tostring(problem):find("loop", 1, true) or tostring(problem):find("overflow", 1, true)) and "stopped")',
      'a.lua': 'local function ask() return require("b") end local b = ask() return { b = b }', 'b.lua': 'local function ask() return require("a") end local a = ask() return { a = a }',
    },
    said: 'false stopped',
  },
  'reports errors from where they happen': {
    files: {
      'main.lua': 'local m = require("m") local fine, problem = pcall(m.fail, { n = 1 }) say(fine, type(problem) == "table" and problem.n) error("at the end", 0)',
      'm.lua': 'return { fail = function(what) error(what) end }',
    },
    said: 'false 1|error: at the end',
  },
};
