-- Checks of what messages carry. Each raises an error whose text is an answer for the sender.
local strings = require("lib.strings")
local amounts = require("lib.amounts")

local M = {}

local function fail(code, text)
  error(code .. ": " .. text, 0)
end

function M.text(message, name, limit)
  local value = message.Tags[name]
  if type(value) ~= "string" or strings.isBlank(value) then
    fail("missing-tag", name .. " is required")
  end
  if limit and #value > limit then
    fail("bad-tag", name .. " is longer than " .. limit)
  end
  return value
end

function M.integer(message, name, low, high)
  local value = tonumber(message.Tags[name])
  if not value or value ~= math.floor(value) then
    fail("bad-tag", name .. " must be an integer")
  end
  if low and value < low or high and value > high then
    fail("bad-tag", name .. " must lie between " .. tostring(low) .. " and " .. tostring(high))
  end
  return value
end

function M.amount(message, name)
  local value = message.Tags[name]
  if not amounts.isAmount(value) or amounts.isZero(value) then
    fail("bad-tag", name .. " must be a positive whole amount")
  end
  return value
end

function M.address(message, name)
  local value = M.text(message, name, 64)
  if not string.match(value, "^[%w_-]+$") then
    fail("bad-tag", name .. " is no address")
  end
  return value
end

function M.oneOf(message, name, choices)
  local value = M.text(message, name)
  for _, choice in ipairs(choices) do
    if choice == value then
      return value
    end
  end
  fail("bad-tag", name .. " must be one of " .. strings.join(choices, ", "))
end

function M.owner(message, owner)
  if message.From ~= owner then
    fail("forbidden", "only the owner may do this")
  end
end

function M.flag(message, name)
  local value = message.Tags[name]
  if value == nil then
    return false
  end
  if value ~= "true" and value ~= "false" then
    fail("bad-tag", name .. " must be true or false")
  end
  return value == "true"
end

function M.list(message, name, limit)
  local parts = strings.split(M.text(message, name), ",")
  if #parts > limit then
    fail("bad-tag", name .. " has more than " .. limit .. " entries")
  end
  return parts
end

M.fail = fail

return M
