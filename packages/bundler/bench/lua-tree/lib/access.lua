local check = require("lib.check")

local M = {}

local roles = { owner = { "ann" }, moderator = {}, player = {} }

function M.grant(role, address)
  roles[role] = roles[role] or {}
  table.insert(roles[role], address)
end

function M.revoke(role, address)
  local list = roles[role] or {}
  for index = #list, 1, -1 do
    if list[index] == address then
      table.remove(list, index)
    end
  end
end

function M.has(role, address)
  for _, entry in ipairs(roles[role] or {}) do
    if entry == address then
      return true
    end
  end
  return false
end

function M.require(role, message)
  if not M.has(role, message.From) then
    check.fail("forbidden", "needs the role " .. role)
  end
end

function M.members(role)
  return roles[role] or {}
end

function M.rolesOf(address)
  local found = {}
  for role in pairs(roles) do
    if M.has(role, address) then
      found[#found + 1] = role
    end
  end
  table.sort(found)
  return found
end

return M
