/**
 * The `lua@5.3a` profile, first part: errors, numbers as text, order of keys, operators. What luerl 1.3.0 on a
 * HyperBEAM node does differently is replaced, after luerl's own sources and what a real node was seen to do.
 *
 * A *crash* is an error that luerl's `pcall` does not contain (an Erlang exception, not a Lua error): here it is a
 * sentinel that `pcall` raises again, so that the compute fails whatever the program tries.
 */
export const PRELUDE_PROFILE = String.raw`
local registry = debug.getregistry()
local hooks = registry['vm.hooks']
local G, type, select, rawget, next, getmetatable = _G, type, select, rawget, next, getmetatable
local error, pcall, tostring, tonumber = error, pcall, tostring, tonumber
local mathtype, floor, huge = math.type, math.floor, math.huge
local format, find, match, gsub, sub, byte = string.format, string.find, string.match, string.gsub, string.sub, string.byte
local sort, concat = table.sort, table.concat

local CRASH = {}
local crashText = ''

local function crash(text)
  crashText = text
  error(CRASH, 0)
end

local textOf

-- Of a library function, with all that it was given.
local function badArgument(name, n, ...)
  if n == nil then error('bad argument to ' .. name, 0) end
  local shown = { ... }
  for i = 1, n do
    local kind = type(shown[i])
    shown[i] = kind == 'string' and "'" .. shown[i] .. "'" or kind == 'table' and kind or textOf(shown[i])
  end
  error('bad argument ' .. concat(shown, ',', 1, n) .. " to '" .. name .. "'", 0)
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

function textOf(value)
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

-- What the program raised last: its own text may read like one of Lua's.
local raised

-- luerl has no stack limit: a real node dies of this before any error is raised.
local function overflow(problem)
  local text = withoutPlace(problem)
  return (text == 'C stack overflow' or find(text, '^stack overflow')) and problem ~= raised
end

local function seen(problem)
  if problem == CRASH then error(CRASH, 0) end
  if type(problem) ~= 'string' then return textOf(problem) end
  if overflow(problem) then crash('stack overflow') end
  if problem == 'not enough memory' or problem == 'error in error handling' then error(problem, 0) end
  return withoutPlace(problem)
end

local function caught(ok, ...)
  if ok then return true, ... end
  return false, seen((...))
end

function G.pcall(...)
  return caught(pcall(...))
end

function G.error(problem)
  raised = problem
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
  return (gsub(problem, '^\2', '')), overflow(problem) and 'crash' or nil
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
function G.rawlen(value) return type(value) == 'string' and rawlen(value) + 0.0 or rawlen(value) end

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

-- luerl walks through every place up to the greatest integer key: a second for ten million of them.
local MOST_PLACES = 10000000

local function remainingKeys(t, count)
  local keys, n, strings = {}, 0, true
  for key in next, t do
    if not (mathtype(key) == 'integer' and key >= 1 and key <= count) then
      if mathtype(key) == 'integer' and key > MOST_PLACES then crash('pairs over a table with the key ' .. textOf(key) .. ' does not end on a node') end
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

-- luerl 1.3.0 rounds a quotient between -1 and 0 up: -1 // 2 is 0 there.
function G.__vm_idiv(a, b)
  if b == 0 then fails('//', a, b) end
  local r = a // b
  if r == -1 and mathtype(r) == 'integer' and -b ~= a then return 0 end
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

-- Shifts to the right keep the sign: integers there have no size.
function G.__vm_shr(a, b)
  if type(a) == 'number' and a < 0 and type(b) == 'number' and b >= 0 then
    a, b = a | 0, b | 0
    return b > 62 and -1 or a // (1 << b)
  end
  return a >> b
end

function G.__vm_text(value)
  if mathtype(value) == 'float' then return floatText(value) end
  return value
end
hooks.find, hooks.gsub = find, gsub
hooks.crash, hooks.badArgument, hooks.textOf, hooks.floatText, hooks.withoutPlace = crash, badArgument, textOf, floatText, withoutPlace
return ''
`;
