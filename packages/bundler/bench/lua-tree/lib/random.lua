-- Numbers that every replica draws alike.
local M = {}

local state = 12345

function M.seed(value)
  state = value % 2147483647
  if state <= 0 then
    state = 1
  end
end

function M.next()
  state = (state * 16807) % 2147483647
  return state
end

function M.between(low, high)
  return low + M.next() % (high - low + 1)
end

function M.shuffle(list)
  for index = #list, 2, -1 do
    local other = M.between(1, index)
    list[index], list[other] = list[other], list[index]
  end
  return list
end

function M.pick(list)
  return list[M.between(1, #list)]
end

function M.chance(percent)
  return M.between(1, 100) <= percent
end

function M.weighted(entries)
  local total = 0
  for _, entry in ipairs(entries) do
    total = total + entry.weight
  end
  local drawn = M.between(1, total)
  for _, entry in ipairs(entries) do
    drawn = drawn - entry.weight
    if drawn <= 0 then
      return entry.value
    end
  end
end

return M
