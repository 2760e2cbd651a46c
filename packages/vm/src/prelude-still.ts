/**
 * Lua's half of the worker: trees of base that stay as they are. A process's own message lies in base for good, and
 * copying and comparing it field by field costs more than many a message. A tree that was returned unchanged a few
 * times is compiled into two functions: one that makes it anew, one that tells whether a value is still the same.
 */
export const PRELUDE_STILL = String.raw`
local registry = debug.getregistry()
local hooks = registry['vm.hooks']
local type, next, getmetatable, load, mathtype = type, next, getmetatable, load, math.type
local format, concat = string.format, table.concat

local FIRST = 3            -- times unchanged before a tree is compiled
local MOST_FIELDS, MOST_BYTES, MOST_OPEN = 400, 16384, 150
local HEAD = [[local type, getmetatable, next, mathtype = ...
local function count(v)
  if type(v) ~= 'table' or getmetatable(v) ~= nil then return -1 end
  local n = 0
  for _ in next, v do n = n + 1 end
  return n
end
]]

-- Writes the constructor of a value into make, and the comparison of v with it into test. False: it can't be compiled.
local write

local function writeTable(value, into, v, open)
  local make, test = into.make, into.test
  local length, fields = #value, 0
  for _ in next, value do fields = fields + 1 end
  into.fields = into.fields + fields
  if (length > 0 and length ~= fields) or length > 50 or into.fields > MOST_FIELDS or open > MOST_OPEN then return false end
  test[#test + 1] = 'if count(' .. v .. ') ~= ' .. fields .. ' then return false end\n'
  make[#make + 1] = '{'
  for key, item in next, value do
    if length == 0 and (type(key) ~= 'string' or key == '1') then return false end
    local name = '[' .. format(length == 0 and '%q' or '%d', key) .. ']'
    if length == 0 then make[#make + 1] = name .. '=' end
    if not write(item, into, v .. name, open + length + 3) then return false end
    make[#make + 1] = ','
  end
  make[#make + 1] = '}'
  return true
end

write = function(value, into, v, open)
  local kind, text = type(value), nil
  if kind == 'table' then
    -- Each table gets a function of its own: registers are few.
    local n = into.tables + 1
    into.tables = n
    local inner = { make = into.make, test = {}, fields = into.fields, tables = n, bytes = into.bytes, all = into.all }
    if not writeTable(value, inner, 'v', open) then return false end
    into.fields, into.tables, into.bytes = inner.fields, inner.tables, inner.bytes
    into.all[#into.all + 1] = 'local function same' .. n .. '(v)\n' .. concat(inner.test) .. 'return true\nend\n'
    into.test[#into.test + 1] = 'if not same' .. n .. '(' .. v .. ') then return false end\n'
    return n < 100
  end
  if kind == 'string' then
    into.bytes = into.bytes + #value
    if into.bytes > MOST_BYTES then return false end
    text = format('%q', value)
  elseif mathtype(value) == 'integer' and value > -1000000000000000 then
    text = format('%d', value)
    into.test[#into.test + 1] = 'if mathtype(' .. v .. ") ~= 'integer' then return false end\n"
  elseif kind == 'boolean' then
    text = value and 'true' or 'false'
  else
    return false
  end
  into.make[#into.make + 1] = text
  into.test[#into.test + 1] = 'if ' .. v .. ' ~= ' .. text .. ' then return false end\n'
  return true
end

local function compile(tree)
  local into = { make = {}, test = {}, fields = 0, tables = 0, bytes = 0, all = {} }
  if not write(tree, into, 'v', 0) then return nil end
  local chunk = load(HEAD .. concat(into.all) .. 'return function() return ' .. concat(into.make) .. ' end, same1', '=\2vm', 't')
  if chunk == nil then return nil end
  return chunk(type, getmetatable, next, mathtype)
end

local makers, tests, calm, needed = {}, {}, {}, {}
-- By key of base: what makes its tree anew, what compares with it.
hooks.makers, hooks.tests = makers, tests

-- A tree was returned as it was.
function hooks.rested(key, tree)
  if makers[key] ~= nil then return end
  local times = (calm[key] or 0) + 1
  calm[key] = times
  if times ~= (needed[key] or FIRST) then return end
  makers[key], tests[key] = compile(tree)
end

-- It changed: what changes now and then is compiled ever more rarely.
function hooks.stirred(key)
  if makers[key] ~= nil then needed[key] = (needed[key] or FIRST) * 4 end
  makers[key], tests[key], calm[key] = nil, nil, 0
end
return ''
`;
