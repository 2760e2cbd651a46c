local M = {}

local listeners = {}
local history = {}

M.limit = 64

function M.subscribe(name, listener)
  listeners[name] = listeners[name] or {}
  table.insert(listeners[name], listener)
end

function M.unsubscribe(name, listener)
  local list = listeners[name] or {}
  for index = #list, 1, -1 do
    if list[index] == listener then
      table.remove(list, index)
    end
  end
end

function M.emit(name, payload)
  history[#history + 1] = name
  if #history > M.limit then
    table.remove(history, 1)
  end
  for _, listener in ipairs(listeners[name] or {}) do
    listener(payload)
  end
end

function M.history()
  return history
end

function M.count(name)
  local found = 0
  for _, entry in ipairs(history) do
    if entry == name then
      found = found + 1
    end
  end
  return found
end

return M
