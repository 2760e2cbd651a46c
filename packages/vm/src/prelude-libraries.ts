/**
 * The `lua@5.3a` profile, last part: the libraries. What luerl 1.3.0 lacks is taken away, what it adds is added, and
 * what it does beyond the reach of `pcall` is a crash (see `prelude-profile.ts`).
 */
export const PRELUDE_LIBRARIES = String.raw`
local registry = debug.getregistry()
local hooks = registry['vm.hooks']
local crash, badArgument, textOf, floatText, withoutPlace =
  hooks.crash, hooks.badArgument, hooks.textOf, hooks.floatText, hooks.withoutPlace
local G, type, select, next, error, tostring, tonumber = _G, type, select, next, error, tostring, tonumber
local mathtype, floor = math.type, math.floor
local find, gsub = hooks.find, hooks.gsub
local concat, spread = table.concat, table.unpack
local huge, execute = math.huge, os.execute

-- Functions whose bad arguments are Erlang exceptions.
local function checked(name, original, accepts)
  return function(...)
    local r = original(...)
    if r ~= r or r == huge or r == -huge then crash(name .. ' of a value it has no result for') end
    return r
  end
end

local math = math
for _, name in next, { 'sqrt', 'acos', 'asin', 'exp', 'tan' } do math[name] = checked('math.' .. name, math[name]) end

local fmod = math.fmod
function math.fmod(x, y)
  if tonumber(y) == 0 then crash('math.fmod by zero') end
  return fmod(x, y)
end

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

string.pack, string.unpack, string.packsize = nil, nil, nil

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

-- The node's clock, chance, files and environment answer differently on each run: a program that uses them can't be replayed.
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
-- luerl as its own build scripts make it seeds each process by chance; built without them it has another generator.
math.random, math.randomseed = refuse('math.random'), refuse('math.randomseed')
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

-- What the device adds. Events are counted by a node's metrics, and leave nothing behind in the process.
local function absent(name)
  return function() error('ao.' .. name .. ' reaches into the node: there is none here', 0) end
end
G.ao = { event = function() end, resolve = absent('resolve'), get = absent('get'), set = absent('set') }
return ''
`;
