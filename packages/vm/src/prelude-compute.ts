/**
 * Lua's half of the worker, second part: `compute` with a fresh copy of base, and what changed since. Entry points
 * live in Lua's registry. Answers begin with one byte: K (done), F (failed: reason byte, status as u16, message).
 * A quiet compute checks the same things and keeps the same state, but answers nothing, or only the results.
 */
export const PRELUDE_COMPUTE = String.raw`
local registry = debug.getregistry()
-- The profile may replace hooks.text: how an error value becomes text.
local hooks = registry['vm.hooks']
local asList, decode, encode, encoded, refuse, badKey, CYCLIC =
  hooks.asList, hooks.decode, hooks.encode, hooks.encoded, hooks.refuse, hooks.badKey, hooks.cyclic
local makers, tests, rested, stirred = hooks.makers, hooks.tests, hooks.rested, hooks.stirred
local pack, byte, gsub = string.pack, string.byte, string.gsub
local concat, sort, spread, mathtype = table.concat, table.sort, table.unpack, math.type
local type, next, select, pcall, tostring, load, count = type, next, select, pcall, tostring, load, collectgarbage
local G = _G

-- The public state as it was returned last: plain trees without functions.
local state = {}

local function copy(value)
  local result = {}
  value = asList(value) or value
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

-- What a program gets as base: its own to change.
local function baseOf()
  local base = {}
  for key, item in next, state do
    local make = makers[key]
    if make ~= nil then base[key] = make()
    elseif type(item) == 'table' then base[key] = copy(item)
    else base[key] = item end
  end
  return base
end

-- A copy that refuses what encoding would refuse.
local checkedCopy
checkedCopy = function(value, open)
  if open[value] then refuse(CYCLIC) end
  open[value] = true
  local list = asList(value)
  if list ~= nil then
    local result = checkedCopy(list, open)
    open[value] = nil
    return result
  end
  local result, length, seen = {}, #value, 0
  for key, item in next, value do
    if length == 0 then
      if type(key) ~= 'string' then refuse(badKey(key)) end
    else
      if mathtype(key) ~= 'integer' or key < 1 or key > length then refuse(badKey(key)) end
      seen = seen + 1
    end
    local kind = type(item)
    if kind == 'table' then
      result[key] = checkedCopy(item, open)
    elseif kind ~= 'function' and kind ~= 'userdata' then
      result[key] = item
    end
  end
  if seen ~= length then refuse(badKey('nil hole in a list')) end
  open[value] = nil
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

-- Keys whose table differed last time: a quiet compute copies those again without comparing first.
local restless = {}

-- Brings state up to date; unless quiet, gives the encoded changes too, behind a prefix. The node's own keys are no
-- changes. One list of pieces, joined once: each join of a large text is a copy of it.
local function changes(base, quiet, prefix)
  local out, n, count, removed, gone = { prefix, '' }, 2, 0, {}, 0
  for key, value in next, base do
    if type(key) ~= 'string' then refuse(badKey(key)) end
    local kind = type(value)
    if key == 'results' or key == 'at-slot' or kind == 'function' or kind == 'userdata' then
      -- nothing to keep
    elseif quiet and kind == 'table' and restless[key] then
      state[key] = checkedCopy(value, {})
    elseif tests[key] ~= nil and tests[key](value) then
      -- nothing changed
    elseif not same(value, state[key]) then
      restless[key] = true
      stirred(key)
      if not quiet then
        count = count + 1
        out[n + 1] = pack('<s4', key)
        n = encode(value, out, n + 1, {})
      end
      if kind ~= 'table' then state[key] = value
      elseif quiet then state[key] = checkedCopy(value, {})
      else state[key] = copy(value) end
    else
      restless[key] = nil
      if kind == 'table' then rested(key, state[key]) end
    end
  end
  for key in next, state do
    local kind = type(base[key])
    if key ~= 'at-slot' and (kind == 'nil' or kind == 'function' or kind == 'userdata') then
      gone = gone + 1
      removed[gone] = key
    end
  end
  sort(removed)
  for i = 1, gone do
    state[removed[i]] = nil
    stirred(removed[i])
    removed[i] = pack('<s4', removed[i])
  end
  if quiet then return prefix end
  out[2] = pack('<I4', count)
  out[n + 1], out[n + 2] = pack('<I4', gone), concat(removed, '', 1, gone)
  return concat(out, '', 1, n + 2)
end

local function failed(reason, status, message)
  return 'F' .. reason .. pack('<I2', status) .. message
end

local function failure(problem)
  if problem ~= nil and problem == hooks.refusal then
    hooks.refusal = nil
    return failed(problem[1], problem[2], problem[3])
  end
  local text, reason = hooks.text(problem)
  if reason == 'crash' then return failed('c', 500, text) end
  return failed('e', 400, text)
end

local function answer(base, quiet, slot, shown)
  local results, text = base.results, ''
  if shown or not quiet then
    text = type(results) == 'table' and encoded(results) or 'n'
  elseif type(results) == 'table' then
    checkedCopy(results, {})
  end
  text = changes(base, quiet, 'K' .. text)
  -- After every slot a node writes its number into base, whatever the program put there.
  if slot ~= nil then state['at-slot'] = slot end
  return text
end

-- The host takes one table, or a status and a table.
local function settle(quiet, slot, shown, ok, ...)
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
  local fine, reply = pcall(answer, base, quiet, slot, shown)
  if fine then return reply end
  return failure(reply)
end

local function marked(...)
  hooks.mark('')
  return ...
end

local function compute(s, quiet, shown)
  local req = decode(s, 2)
  local run, slot = G.compute, req.slot
  if type(run) ~= 'function' then return failed('e', 400, 'the module defines no global function compute') end
  if mathtype(slot) ~= 'integer' then slot = nil
  elseif state['at-slot'] == nil then state['at-slot'] = slot - 1 end
  local base, mark = baseOf(), hooks.mark
  if mark == nil then return settle(quiet, slot, shown, pcall(run, base, req, {})) end
  mark('message')
  return settle(quiet, slot, shown, marked(pcall(run, base, req, {})))
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
  local kind = byte(s, 1)
  if kind == 99 then return compute(s, false) end                -- c
  if kind == 114 then return compute(s, true) end                -- r
  if kind == 115 or kind == 83 then return compute(s, true, true) end  -- s, S
  return callNamed(s)
end

registry['vm.bytes'] = function() return pack('<d', count('count') * 1024) end

registry['vm.base'] = function(s)
  state = decode(s, 1)
  for key in next, makers do stirred(key) end
  -- Results belong to one message and are never kept.
  state.results = nil
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
