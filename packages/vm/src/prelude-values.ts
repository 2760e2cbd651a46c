/**
 * Lua's half of the worker, first part: values in and out. The wire format is drawn in `value-codec.ts`. What later
 * parts need is kept in Lua's registry, out of reach of the program.
 */
export const PRELUDE_VALUES = String.raw`
local registry = debug.getregistry()
local pack, unpack, byte, format = string.pack, string.unpack, string.byte, string.format
local gsub, sub = string.gsub, string.sub
local concat, mathtype, type, next, select, pcall = table.concat, math.type, type, next, select, pcall
local error, tostring, load, count = error, tostring, load, collectgarbage
local sort, spread = table.sort, table.unpack
local G = _G

-- What the profile may replace: how an error value becomes text.
local hooks = {}
registry['vm.hooks'] = hooks

local decode

-- Makers of maps of n strings: one call of unpack, and a table that has its size from the start.
local MAPS = {}

local function mapMaker(n)
  local names, fields = {}, {}
  for i = 1, n do
    names[i] = 'k' .. i .. ',v' .. i
    fields[i] = '[k' .. i .. ']=v' .. i
  end
  local maker = load('local unpack = ... return function(s, pos) local ' .. concat(names, ',') .. ",pos = unpack('<"
    .. ('s4s4'):rep(n) .. "', s, pos) return {" .. concat(fields, ',') .. '}, pos end')(unpack)
  MAPS[n] = maker
  return maker
end

local function decodeMap(s, pos)
  local strings, others, key, value, map
  strings, pos = unpack('<I4', s, pos)
  if strings > 0 and strings <= 60 then
    map, pos = (MAPS[strings] or mapMaker(strings))(s, pos)
  else
    map = {}
    for _ = 1, strings do
      key, value, pos = unpack('<s4s4', s, pos)
      map[key] = value
    end
  end
  others, pos = unpack('<I4', s, pos)
  for _ = 1, others do
    key, pos = unpack('<s4', s, pos)
    map[key], pos = decode(s, pos)
  end
  return map, pos
end

-- Makers of whole values, by the name of their shape; an outline follows the values (drawn in shape.ts).
local SHAPES, shapes = {}, 0
local MOST_SHAPES = 512
local FORMATS = { ['?'] = 's4', ['!'] = 'i8', ['~'] = 'd' }

local function shapeMaker(outline)
  local names, formats, n = {}, {}, 0
  outline = gsub(outline, '[?!~]', function(kind)
    n = n + 1
    names[n], formats[n] = 'v' .. n, FORMATS[kind]
    return names[n]
  end)
  names[n + 1] = 'pos'
  return load('local unpack = ... return function(s, pos) local ' .. concat(names, ',') .. "= unpack('<" .. concat(formats)
    .. "', s, pos) return " .. outline .. ', pos end')(unpack)
end

local function decodeShaped(s, pos)
  local name = sub(s, pos, pos + 15)
  local maker = SHAPES[name]
  if maker == nil then
    if shapes == MOST_SHAPES then SHAPES, shapes = {}, 0 end
    maker = shapeMaker((unpack('<s4', s, pos + 20 + unpack('<I4', s, pos + 16))))
    shapes = shapes + 1
    SHAPES[name] = maker
  end
  return maker(s, pos + 20)
end

-- Formats of 1 to 100 strings.
local STRINGS = {}
for n = 1, 100 do STRINGS[n] = '<' .. ('s4'):rep(n) end

decode = function(s, pos)
  local tag = byte(s, pos)
  pos = pos + 1
  if tag == 115 then return unpack('<s4', s, pos) end            -- s
  if tag == 109 then return decodeMap(s, pos) end                -- m
  if tag == 83 then return decodeShaped(s, pos) end              -- S
  if tag == 105 then return unpack('<i8', s, pos) end            -- i
  if tag == 76 then                                              -- L
    local length = byte(s, pos)
    local list = { unpack(STRINGS[length], s, pos + 1) }
    pos = list[length + 1]
    list[length + 1] = nil
    return list, pos
  end
  if tag == 108 then                                             -- l
    local list, length = {}, nil
    length, pos = unpack('<I4', s, pos)
    for i = 1, length do list[i], pos = decode(s, pos) end
    return list, pos
  end
  if tag == 100 then return unpack('<d', s, pos) end             -- d
  if tag == 116 then return true, pos end                        -- t
  if tag == 102 then return false, pos end                       -- f
  return nil, pos                                                -- n
end

-- A table that can't leave Lua raises one of these: reason, status, message.
local CYCLIC = { 'e', 400, 'recursive_table: a table contains itself' }

function hooks.refuse(refusal)
  hooks.refusal = refusal
  error(refusal, 0)
end

local function badKey(key)
  return { 'b', 500, 'a table in base has the key ' .. tostring(key) .. ' (' .. type(key)
    .. '): use string keys, or a list 1..n' }
end

local encode

-- A table with the keys "1" to "n" is a list on a node; a state never has such keys. Nil for any other table.
local function asList(value)
  if value['1'] == nil then return nil end
  local list, n = {}, 0
  for key in next, value do
    if type(key) ~= 'string' then return nil end
    n = n + 1
  end
  for i = 1, n do
    list[i] = value[format('%d', i)]
    if list[i] == nil then return nil end
  end
  return list
end

local encodeTable
encodeTable = function(value, out, n, open)
  if open[value] then hooks.refuse(CYCLIC) end
  open[value] = true
  local length, list = #value, asList(value)
  if list ~= nil then
    n = encodeTable(list, out, n, open)
  elseif length > 0 then
    out[n + 1] = pack('<BI4', 108, length)
    n = n + 1
    local seen = 0
    for key in next, value do
      if mathtype(key) ~= 'integer' or key < 1 or key > length then hooks.refuse(badKey(key)) end
      seen = seen + 1
    end
    if seen ~= length then hooks.refuse(badKey('nil hole in a list')) end
    for i = 1, length do
      local before = n
      n = encode(value[i], out, n, open)
      if n == before then out[n + 1] = 'n' n = n + 1 end
    end
  else
    local strings, m = {}, 0
    local others, o = {}, 0
    for key, item in next, value do
      if type(key) ~= 'string' then hooks.refuse(badKey(key)) end
      if type(item) == 'string' then
        m = m + 1
        strings[m] = pack('<s4s4', key, item)
      else
        local inner = {}
        local size = encode(item, inner, 0, open)
        if size > 0 then
          o = o + 1
          others[o] = pack('<s4', key) .. concat(inner, '', 1, size)
        end
      end
    end
    out[n + 1] = pack('<BI4', 109, m)
    out[n + 2] = concat(strings, '', 1, m)
    out[n + 3] = pack('<I4', o)
    out[n + 4] = concat(others, '', 1, o)
    n = n + 4
  end
  open[value] = nil
  return n
end

-- Functions and userdata have no form outside Lua: they leave nothing.
encode = function(value, out, n, open)
  local kind = type(value)
  if kind == 'string' then
    -- What is large crosses without a copy of its own.
    if #value > 65536 then
      out[n + 1], out[n + 2] = pack('<BI4', 115, #value), value
      return n + 2
    end
    out[n + 1] = pack('<Bs4', 115, value)
  elseif kind == 'number' then
    if mathtype(value) == 'integer' then
      out[n + 1] = pack('<Bi8', 105, value)
    else
      out[n + 1] = pack('<Bs4', 115, format('%.20e', value))
    end
  elseif kind == 'boolean' then
    out[n + 1] = value and 't' or 'f'
  elseif kind == 'table' then
    return encodeTable(value, out, n, open)
  else
    return n
  end
  return n + 1
end

local function encoded(value)
  local out = {}
  local n = encode(value, out, 0, {})
  if n == 0 then return 'n' end
  return concat(out, '', 1, n)
end

hooks.asList, hooks.decode, hooks.encode, hooks.encoded, hooks.badKey, hooks.cyclic = asList, decode, encode, encoded, badKey, CYCLIC
return ''
`;
