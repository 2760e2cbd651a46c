-- Whole amounts as decimal texts, so that nothing is lost above 2^53.
local M = {}

local function digits(text)
  local list = {}
  for index = #text, 1, -1 do
    list[#list + 1] = tonumber(string.sub(text, index, index))
  end
  return list
end

local function textOf(list)
  local texts = {}
  local started = false
  for index = #list, 1, -1 do
    if list[index] ~= 0 or started or index == 1 then
      started = true
      texts[#texts + 1] = tostring(math.floor(list[index]))
    end
  end
  return table.concat(texts)
end

function M.isAmount(text)
  return type(text) == "string" and string.match(text, "^%d+$") ~= nil
end

function M.compare(a, b)
  if #a ~= #b then
    return #a < #b and -1 or 1
  end
  if a == b then
    return 0
  end
  return a < b and -1 or 1
end

function M.add(a, b)
  local x, y = digits(a), digits(b)
  local result, carry = {}, 0
  for index = 1, math.max(#x, #y) do
    local sum = (x[index] or 0) + (y[index] or 0) + carry
    if sum >= 10 then
      carry = 1
      sum = sum - 10
    else
      carry = 0
    end
    result[index] = sum
  end
  if carry > 0 then
    result[#result + 1] = carry
  end
  return textOf(result)
end

function M.subtract(a, b)
  assert(M.compare(a, b) >= 0, "amount would become negative")
  local x, y = digits(a), digits(b)
  local result, borrow = {}, 0
  for index = 1, #x do
    local difference = x[index] - (y[index] or 0) - borrow
    if difference < 0 then
      difference = difference + 10
      borrow = 1
    else
      borrow = 0
    end
    result[index] = difference
  end
  return textOf(result)
end

function M.multiply(a, factor)
  local x = digits(a)
  local result, carry = {}, 0
  for index = 1, #x do
    local product = x[index] * factor + carry
    result[index] = product % 10
    carry = math.floor(product / 10)
  end
  while carry > 0 do
    result[#result + 1] = carry % 10
    carry = math.floor(carry / 10)
  end
  return textOf(result)
end

function M.isZero(text)
  return string.match(text, "^0+$") ~= nil
end

function M.max(a, b)
  return M.compare(a, b) >= 0 and a or b
end

function M.min(a, b)
  return M.compare(a, b) <= 0 and a or b
end

function M.format(text, decimals)
  if #text <= decimals then
    text = string.rep("0", decimals - #text + 1) .. text
  end
  return string.sub(text, 1, #text - decimals) .. "." .. string.sub(text, #text - decimals + 1)
end

return M
