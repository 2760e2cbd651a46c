/**
 * Lua's half of the worker: values in and out, `compute` with a fresh copy of base, and what changed since.
 * Entry points live in Lua's registry, out of reach of the program. The wire format is drawn in `value-codec.ts`.
 *
 * Answers of `vm.handle` begin with one byte: K (done), F (failed: reason byte, status, message).
 */
export const PRELUDE_VALUES = String.raw`
local registry = debug.getregistry()
local pack, unpack, byte, format = string.pack, string.unpack, string.byte, string.format
local gsub = string.gsub
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

-- Formats of 1 to 100 strings.
local STRINGS = {}
for n = 1, 100 do STRINGS[n] = '<' .. ('s4'):rep(n) end

decode = function(s, pos)
  local tag = byte(s, pos)
  pos = pos + 1
  if tag == 115 then return unpack('<s4', s, pos) end            -- s
  if tag == 109 then return decodeMap(s, pos) end                -- m
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

-- A table that can't leave Lua is refused with one of these, never with a Lua error.
local refusal
local CYCLIC = { 'e', 400, 'recursive_table: a table contains itself' }

local function badKey(key)
  return { 'b', 500, 'a table in base has the key ' .. tostring(key) .. ' (' .. type(key)
    .. '): use string keys, or a list 1..n' }
end

local encode

local function encodeTable(value, out, n, open)
  if open[value] then refusal = CYCLIC error(refusal, 0) end
  open[value] = true
  local length = #value
  if length > 0 then
    out[n + 1] = pack('<BI4', 108, length)
    n = n + 1
    local seen = 0
    for key in next, value do
      if mathtype(key) ~= 'integer' or key < 1 or key > length then refusal = badKey(key) error(refusal, 0) end
      seen = seen + 1
    end
    if seen ~= length then refusal = badKey('nil hole in a list') error(refusal, 0) end
    for i = 1, length do
      local before = n
      n = encode(value[i], out, n, open)
      if n == before then out[n + 1] = 'n' n = n + 1 end
    end
  else
    local strings, m = {}, 0
    local others, o = {}, 0
    for key, item in next, value do
      if type(key) ~= 'string' then refusal = badKey(key) error(refusal, 0) end
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

-- The public state as it was returned last: plain trees without functions.
local state = {}

local function copy(value)
  local result = {}
  for key, item in next, value do
    local kind = type(item)
    if kind == 'table' then
      result[key] = copy(item)
    elseif kind ~= 'function' and kind ~= 'userdata' then
      result[key] = item
    end
  end
  return result
end

-- Compares what a program returned with the plain tree kept of it.
local function same(value, kept)
  if type(value) ~= 'table' then
    return value == kept and mathtype(value) == mathtype(kept)
  end
  if type(kept) ~= 'table' then return false end
  local left = 0
  for key, item in next, value do
    local kind = type(item)
    if kind == 'table' then
      if not same(item, kept[key]) then return false end
      left = left + 1
    elseif kind ~= 'function' and kind ~= 'userdata' then
      local other = kept[key]
      if item ~= other or (kind == 'number' and mathtype(item) ~= mathtype(other)) then return false end
      left = left + 1
    end
  end
  for _ in next, kept do left = left - 1 end
  return left == 0
end

local function changes(base)
  local out, n, removed, gone = {}, 0, {}, 0
  for key, value in next, base do
    if type(key) ~= 'string' then refusal = badKey(key) error(refusal, 0) end
    local kind = type(value)
    if key ~= 'results' and kind ~= 'function' and kind ~= 'userdata' and not same(value, state[key]) then
      n = n + 1
      out[n] = pack('<s4', key) .. encoded(value)
      if kind == 'table' then state[key] = copy(value) else state[key] = value end
    end
  end
  for key in next, state do
    local kind = type(base[key])
    if kind == 'nil' or kind == 'function' or kind == 'userdata' then
      gone = gone + 1
      removed[gone] = key
    end
  end
  sort(removed)
  for i = 1, gone do
    state[removed[i]] = nil
    removed[i] = pack('<s4', removed[i])
  end
  return pack('<I4', n) .. concat(out, '', 1, n) .. pack('<I4', gone) .. concat(removed, '', 1, gone)
end

local function failed(reason, status, message)
  return 'F' .. reason .. pack('<I2', status) .. message
end

local function failure(problem)
  if problem == refusal and refusal ~= nil then
    refusal = nil
    return failed(problem[1], problem[2], problem[3])
  end
  local text, reason = hooks.text(problem)
  if reason == 'crash' then return failed('c', 500, text) end
  return failed('e', 400, text)
end

local function answer(base)
  local results = base.results
  local text = type(results) == 'table' and encoded(results) or 'n'
  return 'K' .. text .. changes(base)
end

-- The host takes one table, or a status and a table.
local function settle(ok, ...)
  if not ok then return failure((...)) end
  local n = select('#', ...)
  local status, base = ...
  if n == 1 then status, base = 'ok', status end
  if status == 'error' then
    return failed('e', 400, type(base) == 'string' and base or hooks.text(base))
  end
  if n < 1 or n > 2 or status ~= 'ok' or type(base) ~= 'table' then
    return failed('b', 500, 'compute must return base; it returned ' .. (n == 0 and 'nothing' or type(base)))
  end
  local fine, reply = pcall(answer, base)
  if fine then return reply end
  return failure(reply)
end

local function compute(s)
  local req = decode(s, 2)
  local run = G.compute
  if type(run) ~= 'function' then return failed('e', 400, 'the module defines no global function compute') end
  local base = copy(state)
  base.results = nil
  return settle(pcall(run, base, req, {}))
end

local function callNamed(s)
  local args = decode(s, 2)
  local name, n = args.name, args.count
  local run = G[name]
  if type(run) ~= 'function' then return failed('e', 400, 'there is no global function ' .. name) end
  local function settleCall(ok, value)
    if not ok then return failure(value) end
    local fine, text = pcall(encoded, value)
    if fine then return 'K' .. text end
    return failure(text)
  end
  return settleCall(pcall(run, spread(args.list or {}, 1, n)))
end

registry['vm.handle'] = function(s)
  if byte(s, 1) == 99 then return compute(s) end
  return callNamed(s)
end

registry['vm.bytes'] = function() return pack('<d', count('count') * 1024) end

registry['vm.base'] = function(s)
  state = decode(s, 1)
  return ''
end

registry['vm.load'] = function(s)
  local parts = decode(s, 1)
  local chunk, problem = load(parts.code, parts.name, 't')
  if chunk == nil then return failed('e', 400, (gsub(problem, '^\2', ''))) end
  local ok, value = pcall(chunk)
  if ok then return 'K' end
  return failure(value)
end

hooks.text = function(problem)
  if type(problem) == 'string' then return (gsub(problem, '^\2', '')) end
  return tostring(problem)
end
return ''
`;
