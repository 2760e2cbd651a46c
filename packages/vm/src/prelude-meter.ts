/**
 * Lua's half of metering. Lua counts its own instructions while a count hook is set; the hook itself is never due.
 * Where one part ends and another begins goes to the other side through `os.execute`, as byte 1 and a name. Nothing is
 * counted, and nothing is slower for it, in an entry that says so (s).
 */
export const PRELUDE_METER = String.raw`
local registry = debug.getregistry()
local hooks = registry['vm.hooks']
local execute, getupvalue, rawget, type, next = os.execute, debug.getupvalue, rawget, type, next
local G = _G

local byte, sethook = string.byte, debug.sethook
local counting = false
local function mark(part) execute('\1' .. part) end
local function due() end

local function count(wanted)
  if wanted == counting then return end
  counting = wanted
  if wanted then
    hooks.mark = mark
    sethook(due, '', 0x7FFFFFFF)
  else
    hooks.mark = nil
    sethook()
  end
end
count(true)

local handle = registry['vm.handle']
registry['vm.handle'] = function(s)
  count(byte(s, 1) ~= 115)
  return handle(s)
end

local function timed(name, run)
  return function(...)
    if not counting then return run(...) end
    execute('\1system ' .. name)
    run(...)
    execute('\1message')
  end
end

-- A system, as @beamline/ecs defines it.
local function isSystem(t)
  return type(rawget(t, 'name')) == 'string' and type(rawget(t, 'run')) == 'function'
    and type(rawget(t, 'reads')) == 'table' and type(rawget(t, 'writes')) == 'table'
end

-- Finds every system that compute can reach, and puts marks around its run.
registry['vm.watch'] = function()
  local seen, stack, n = {}, {}, 0
  local function visit(value)
    local kind = type(value)
    if (kind == 'table' or kind == 'function') and not seen[value] then
      seen[value] = true
      n = n + 1
      stack[n] = value
    end
  end
  visit(G.compute)
  while n > 0 do
    local at = stack[n]
    n = n - 1
    if type(at) == 'table' then
      for key, value in next, at do visit(key) visit(value) end
      if isSystem(at) then at.run = timed(at.name, at.run) end
    else
      for i = 1, 255 do
        local name, value = getupvalue(at, i)
        if name == nil then break end
        visit(value)
      end
    end
  end
  return ''
end

return ''
`;
