-- Which function answers which action, and what is sent while it does.
local M = {}

local actions = {}
local outbox = {}
local middleware = {}

function M.on(action, handler)
  if actions[action] then
    error("two handlers for " .. action)
  end
  actions[action] = handler
end

function M.use(step)
  middleware[#middleware + 1] = step
end

function M.send(target, action, data)
  outbox[#outbox + 1] = target .. " " .. action .. " " .. tostring(data)
end

local function dispatch(message)
  for _, step in ipairs(middleware) do
    step(message)
  end
  local handler = actions[message.Tags.Action]
  if not handler then
    return "unknown-action: " .. tostring(message.Tags.Action)
  end
  return handler(message)
end

function M.handle(message)
  outbox = {}
  local fine, result = pcall(dispatch, message)
  if not fine then
    outbox = { message.From .. " Error " .. tostring(result) }
  elseif result ~= nil then
    M.send(message.From, "Result", result)
  end
  return table.concat(outbox, ";")
end

function M.actions()
  local names = {}
  for name in pairs(actions) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

function M.remove(action)
  actions[action] = nil
end

function M.clear()
  actions = {}
  middleware = {}
end

return M
