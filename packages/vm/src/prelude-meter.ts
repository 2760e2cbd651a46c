/**
 * Lua's half of metering. Lua counts its own instructions while a count hook is set; the hook itself is never due.
 * Where one part ends and another begins goes to the other side through `os.execute`, as byte 1 and a name.
 */
export const PRELUDE_METER = String.raw`
local registry = debug.getregistry()
local hooks = registry['vm.hooks']
local execute, getupvalue, rawget, type, next = os.execute, debug.getupvalue, rawget, type, next
local G = _G

function hooks.mark(part) execute('\1' .. part) end

local function timed(name, run)
  return function(...)
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

debug.sethook(function() end, '', 0x7FFFFFFF)
return ''
`;
