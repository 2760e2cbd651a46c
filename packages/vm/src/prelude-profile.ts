/**
 * The `lua@5.3a` profile: what luerl 1.3.0 on a HyperBEAM node lacks is taken away, what it does differently is
 * replaced. Taken from luerl's own library sources and from what a real node was seen to do.
 *
 * A *crash* is an error that luerl's `pcall` does not contain (an Erlang exception, not a Lua error): here it is a
 * sentinel that `pcall` raises again, so that the compute fails whatever the program tries.
 */
export const PRELUDE_PROFILE = String.raw`
local registry = debug.getregistry()
local hooks = registry['vm.hooks']
local G, type, select, rawget, next, getmetatable = _G, type, select, rawget, next, getmetatable
local error, pcall, tostring, tonumber, load = error, pcall, tostring, tonumber, load
local mathtype, floor, huge = math.type, math.floor, math.huge
local format, find, match, gsub, sub, char, byte = string.format, string.find, string.match, string.gsub, string.sub, string.char, string.byte
local concat, sort, gmatch = table.concat, table.sort, string.gmatch
local execute, spread = os.execute, table.unpack

local CRASH = {}
local crashText = ''

local function crash(text)
  crashText = text
  error(CRASH, 0)
end

local function badArgument(name)
  error('bad argument to ' .. name, 0)
end

-- Numbers as luerl writes them: the shortest digits that read back the same, and the shorter notation.
local function floatText(x)
  if x ~= x then return 'nan' end
  if x == huge then return 'inf' end
  if x == -huge then return '-inf' end
  if x == 0 then return 1 / x < 0 and '-0.0' or '0.0' end
  local text
  for digits = 14, 16 do
    text = format('%.' .. digits .. 'e', x)
    if tonumber(text) == x then break end
  end
  local sign, lead, rest, exponent = match(text, '^(%-?)(%d)%.(%d+)e([+-]%d+)$')
  exponent = floor(tonumber(exponent))
  rest = gsub(rest, '0+$', '')
  local digits = lead .. rest
  local scientific = sign .. lead .. '.' .. (rest == '' and '0' or rest) .. 'e' .. format('%d', exponent)
  if x <= -9007199254740992.0 or x >= 9007199254740992.0 then return scientific end
  local plain
  if exponent < 0 then
    plain = '0.' .. ('0'):rep(-exponent - 1) .. digits
  elseif #digits <= exponent + 1 then
    plain = digits .. ('0'):rep(exponent + 1 - #digits) .. '.0'
  else
    plain = sub(digits, 1, exponent + 1) .. '.' .. sub(digits, exponent + 2)
  end
  plain = sign .. plain
  return #plain <= #scientific and plain or scientific
end

-- Tables and functions are numbered in the order in which they are first shown.
local numbers, lastNumber = setmetatable({}, { __mode = 'k' }), 0

local function textOf(value)
  local kind = type(value)
  if kind == 'number' then
    return mathtype(value) == 'float' and floatText(value) or format('%d', value)
  end
  if kind == 'table' or kind == 'function' then
    local meta = getmetatable(value)
    if kind == 'table' and type(meta) == 'table' and rawget(meta, '__tostring') ~= nil then return tostring(value) end
    local number = numbers[value]
    if number == nil then
      number = lastNumber + 1
      lastNumber = number
      numbers[value] = number
    end
    return kind .. ': ' .. format('%d', number)
  end
  return tostring(value)
end

function G.tostring(...)
  if select('#', ...) == 0 then badArgument('tostring') end
  return textOf((...))
end

-- Errors. Lua's own begin with the place, marked by byte 2.
local function withoutPlace(text)
  return (gsub(text, '^\2[^:]*:%d+: ', ''))
end

local function seen(problem)
  if problem == CRASH then error(CRASH, 0) end
  if type(problem) ~= 'string' then return textOf(problem) end
  if byte(problem, 1) == 2 then
    local text = withoutPlace(problem)
    -- luerl has no stack limit: a real node dies of this before any error is raised.
    if find(text, '^stack overflow') or find(text, '^C stack overflow') then crash('stack overflow') end
    return text
  end
  if problem == 'not enough memory' or problem == 'error in error handling' then error(problem, 0) end
  return problem
end

local function caught(ok, ...)
  if ok then return true, ... end
  return false, seen((...))
end

function G.pcall(...)
  return caught(pcall(...))
end

function G.error(problem)
  error(problem, 0)
end

function G.assert(...)
  local value, message = ...
  if value then return ... end
  if select('#', ...) < 2 then message = 'assertion failed' end
  if type(message) ~= 'string' then message = 'error object is a ' .. type(message) end
  error(message .. '!', 0)
end

hooks.text = function(problem)
  if problem == CRASH then return crashText, 'crash' end
  if type(problem) ~= 'string' then return textOf(problem) end
  local text = gsub(problem, '^\2', '')
  if text ~= problem and find(withoutPlace(problem), '^C?%s?stack overflow') then return text, 'crash' end
  return text
end

-- Numbers from strings are floats.
function G.tonumber(...)
  local value, base = ...
  local n = select('#', ...)
  if n == 0 then badArgument('tonumber') end
  if n == 1 then
    if type(value) == 'number' then return value end
    local number = type(value) == 'string' and tonumber(value) or nil
    return number and number + 0.0
  end
  local digits = type(value) == 'number' and textOf(value) or value
  local radix = tonumber(base)
  if type(digits) ~= 'string' or radix == nil or floor(radix) ~= radix then crash('tonumber(value, base) with a bad argument') end
  local ok, number = pcall(tonumber, digits, floor(radix))
  return ok and number and number + 0.0 or nil
end

function G.select(which, ...)
  if which == '#' then return select('#', ...) + 0.0 end
  return select(which, ...)
end

local rawlen = rawlen
function G.rawlen(value)
  return type(value) == 'string' and rawlen(value) + 0.0 or rawlen(value)
end

-- Order of keys: integers from 1 up, other numbers, booleans, tables and functions, strings by their bytes.
local RANK = { number = 1, boolean = 2, table = 3, ['function'] = 3, userdata = 3, string = 4 }

local function before(a, b)
  local x, y = RANK[type(a)], RANK[type(b)]
  if x ~= y then return x < y end
  if x == 2 then return b and not a end
  if x == 3 then return #textOf(a) < #textOf(b) or textOf(a) < textOf(b) end
  return a < b
end

local function place(key)
  return mathtype(key) == 'integer' and key >= 1
end

local function beforeAny(a, b)
  if place(a) ~= place(b) then return place(a) end
  return before(a, b)
end

function G.next(t, key)
  local best
  if key == nil and next(t) == nil then return nil end
  for candidate in next, t do
    if (key == nil or beforeAny(key, candidate)) and (best == nil or beforeAny(candidate, best)) then best = candidate end
  end
  if best == nil then return nil end
  return best, rawget(t, best)
end

local function remainingKeys(t, count)
  local keys, n, strings = {}, 0, true
  for key in next, t do
    if not (mathtype(key) == 'integer' and key >= 1 and key <= count) then
      n = n + 1
      keys[n] = key
      if type(key) ~= 'string' then strings = false end
    end
  end
  if n > 1 then
    if strings then sort(keys) else sort(keys, beforeAny) end
  end
  return keys
end

function G.pairs(...)
  local t = ...
  if type(t) == 'table' then
    local meta = getmetatable(t)
    local own = type(meta) == 'table' and rawget(meta, '__pairs')
    if own then return own(t) end
    local at, keys = 0, nil
    return function()
      if keys == nil then
        local value = rawget(t, at + 1)
        if value ~= nil then
          at = at + 1
          return at, value
        end
        keys = remainingKeys(t, at)
        at = 0
      end
      while true do
        at = at + 1
        local key = keys[at]
        if key == nil then return nil end
        local value = rawget(t, key)
        if value ~= nil then return key, value end
      end
    end, t, nil
  end
  badArgument('pairs')
end

function G.collectgarbage() end

-- Operators that luerl refuses to compute; the source is rewritten to call these.
local function fails(operator, a, b)
  error("bad arithmetic '" .. operator .. "' on " .. textOf(a) .. ',' .. textOf(b), 0)
end

function G.__vm_div(a, b)
  if b == 0 then fails('/', a, b) end
  local r = a / b
  if r ~= r or r == huge or r == -huge then fails('/', a, b) end
  return r
end

function G.__vm_idiv(a, b)
  if b == 0 then fails('//', a, b) end
  local r = a // b
  if r ~= r or r == huge or r == -huge then fails('//', a, b) end
  return r
end

function G.__vm_mod(a, b)
  if b == 0 then fails('%', a, b) end
  local r = a % b
  if r ~= r then fails('%', a, b) end
  return r
end

function G.__vm_pow(a, b)
  local r = a ^ b
  if r ~= r or r == huge or r == -huge then fails('^', a, b) end
  return r
end

function G.__vm_shr(a, b)
  if mathtype(a) == 'integer' and a < 0 and mathtype(b) == 'integer' and b >= 0 then
    return b > 62 and -1 or a // (1 << b)
  end
  return a >> b
end

function G.__vm_text(value)
  if mathtype(value) == 'float' then return floatText(value) end
  return value
end

-- Functions whose bad arguments are Erlang exceptions.
local function checked(name, original, accepts)
  return function(...)
    local r = original(...)
    if r ~= r or r == huge or r == -huge then crash(name .. ' of a value it has no result for') end
    return r
  end
end

local math = math
for _, name in next, { 'sqrt', 'acos', 'asin', 'exp', 'fmod', 'tan' } do math[name] = checked('math.' .. name, math[name]) end

local log, exp = math.log, math.exp
function math.log(x, base)
  local n = tonumber(x)
  if n ~= nil and n <= 0 then crash('math.log of a number that is not positive') end
  if base == nil then return log(x) end
  if base == 1 or (tonumber(base) or 1) <= 0 then crash('math.log to a base it has no result for') end
  return log(x, base)
end
function math.log10(x)
  if x == 0 then return -500.0 end
  if x < 0 then crash('math.log10 of a negative number') end
  return log(x, 10)
end
function math.pow(x, y)
  local r = x ^ y
  if r ~= r or r == huge or r == -huge then crash('math.pow of values it has no result for') end
  return r
end
function math.cosh(x) return (exp(x) + exp(-x)) / 2 end
function math.sinh(x) return (exp(x) - exp(-x)) / 2 end
function math.tanh(x) local e = exp(-2 * x) return (1 - e) / (1 + e) end
function math.ldexp(m, e) return m * 2.0 ^ e end
math.atan2 = math.atan
math.huge = 1.7976931348623157e308
math.ult = nil

-- Erlang's old random module (AS 183) with its default seed, as the node has it.
local r1, r2, r3 = 3172, 9814, 20125
local function uniform()
  r1, r2, r3 = r1 * 171 % 30269, r2 * 172 % 30307, r3 * 170 % 30323
  local r = r1 / 30269 + r2 / 30307 + r3 / 30323
  return r - floor(r)
end
local function integerOf(value)
  local number = tonumber(value)
  if number == nil or floor(number) ~= number then badArgument('random') end
  return floor(number)
end
function math.random(...)
  local n = select('#', ...)
  if n == 0 then return uniform() end
  local low, high = 1, integerOf((...))
  if n == 2 then low, high = high, integerOf((select(2, ...))) end
  if n > 2 or high < low then badArgument('random') end
  return floor(uniform() * (high - low + 1)) + low
end
local packDouble, unpackBytes = string.pack, string.unpack
function math.randomseed(seed)
  local number = tonumber(seed)
  if number == nil then badArgument('randomseed') end
  local a, b, c = unpackBytes('>I3I3I2', packDouble('>d', number))
  r1, r2, r3 = a % 30268 + 1, b % 30306 + 1, c % 30322 + 1
end

local string = string
function string.char(...)
  local n = select('#', ...)
  if n == 1 and (...) == nil then return '' end
  for i = 1, n do
    local code = tonumber((select(i, ...)))
    if code == nil or floor(code) ~= code then badArgument('char') end
    if code < 0 or code > 255 then crash('string.char(' .. textOf(code) .. ') is not a byte') end
  end
  return char(...)
end
function string.gmatch() badArgument('gmatch') end
function string.dump() badArgument('dump') end
string.pack, string.unpack, string.packsize = nil, nil, nil

function string.format(template, ...)
  local n = select('#', ...)
  local args, floats = { ... }, false
  for i = 1, n do
    local kind = type(args[i])
    if kind == 'table' or kind == 'function' or mathtype(args[i]) == 'float' then floats = true end
  end
  if not floats then return format(template, ...) end
  local i = 0
  for spec in gmatch(template, '%%[^%a%%]*([%a%%])') do
    if spec ~= '%' then
      i = i + 1
      if spec == 's' then args[i] = textOf(args[i]) end
    end
  end
  return format(template, spread(args, 1, n))
end

-- A float in a list shows as a dot or an exponent in the joined text; only then is the list looked through.
local table = table
function table.concat(list, separator, i, j)
  local text = concat(list, separator, i or 1, j or #list)
  if find(text, '.', 1, true) or find(text, 'e+', 1, true) or find(text, 'e-', 1, true) then
    local plain
    for k = i or 1, j or #list do
      if mathtype(list[k]) == 'float' then
        plain = plain or {}
        plain[k] = floatText(list[k])
      end
    end
    if plain then
      for k = i or 1, j or #list do if plain[k] == nil then plain[k] = list[k] end end
      return concat(plain, separator, i or 1, j or #list)
    end
  end
  return text
end
table.move = nil
G.unpack = spread

-- The node's clock, files and environment answer differently on each run: a program that uses them can't be replayed.
local function refuse(name)
  return function()
    error(name .. ' is not deterministic: take time and chance from the message (req.timestamp)', 0)
  end
end
local os = os
for name in next, os do os[name] = nil end
for _, name in next, { 'clock', 'date', 'execute', 'exit', 'getenv', 'remove', 'rename', 'tmpname' } do
  os[name] = refuse('os.' .. name)
end
local refuseTime = refuse('os.time')
function os.time(when)
  if type(when) == 'table' then crash('os.time of a table') end
  refuseTime()
end
function os.difftime(a, b) return a - b end
G.io = { write = function() end, flush = function() return true end }
G.dofile, G.loadfile = refuse('dofile'), refuse('loadfile')
G.eprint = function() end

-- load: the source goes through the same checks and rewriting as the module, on the other side.
local rawload = load
function G.load(source)
  if type(source) ~= 'string' and type(source) ~= 'number' then badArgument('load') end
  registry['vm.source'], registry['vm.refusal'] = nil, nil
  execute(gsub(tostring(source), '%z', '\1'))
  local text = registry['vm.source']
  if text == nil then return nil, registry['vm.refusal'] end
  registry['vm.source'] = nil
  local chunk, problem = rawload(text, '=\2load', 't')
  if chunk == nil then return nil, withoutPlace(problem) end
  return chunk
end
G.loadstring = G.load

local loaded = { _G = G, math = math, string = string, table = table, os = os, io = G.io, utf8 = utf8 }
G.package = { loaded = loaded, preload = {}, path = '', config = '/\n;\n?\n!\n-\n' }
loaded.package = G.package
function G.require(name)
  if loaded[name] ~= nil then return loaded[name] end
  local opener = G.package.preload[name]
  if opener == nil then error("module '" .. textOf(name) .. "' not found", 0) end
  local value = opener(name)
  if value == nil then value = true end
  loaded[name] = value
  return value
end

local debug = debug
G.debug = { getmetatable = debug.getmetatable, setmetatable = debug.setmetatable,
  getuservalue = debug.getuservalue, setuservalue = debug.setuservalue }
loaded.debug = G.debug
G.coroutine, G.xpcall = nil, nil
return ''
`;
