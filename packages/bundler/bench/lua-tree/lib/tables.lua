local M = {}

function M.keys(map)
  local keys = {}
  for key in pairs(map) do
    keys[#keys + 1] = key
  end
  table.sort(keys, function(a, b)
    return tostring(a) < tostring(b)
  end)
  return keys
end

function M.values(map)
  local values = {}
  for _, key in ipairs(M.keys(map)) do
    values[#values + 1] = map[key]
  end
  return values
end

function M.map(list, transform)
  local result = {}
  for index, value in ipairs(list) do
    result[index] = transform(value, index)
  end
  return result
end

function M.filter(list, accept)
  local result = {}
  for _, value in ipairs(list) do
    if accept(value) then
      result[#result + 1] = value
    end
  end
  return result
end

function M.reduce(list, combine, initial)
  local result = initial
  for _, value in ipairs(list) do
    result = combine(result, value)
  end
  return result
end

function M.find(list, accept)
  for index, value in ipairs(list) do
    if accept(value) then
      return value, index
    end
  end
  return nil
end

function M.includes(list, wanted)
  for _, value in ipairs(list) do
    if value == wanted then
      return true
    end
  end
  return false
end

function M.reverse(list)
  local result = {}
  for index = #list, 1, -1 do
    result[#result + 1] = list[index]
  end
  return result
end

function M.slice(list, first, last)
  local result = {}
  for index = first or 1, last or #list do
    result[#result + 1] = list[index]
  end
  return result
end

function M.copy(value)
  if type(value) ~= "table" then
    return value
  end
  local result = {}
  for key, inner in pairs(value) do
    result[M.copy(key)] = M.copy(inner)
  end
  return result
end

function M.merge(target, source)
  for key, value in pairs(source) do
    if type(value) == "table" and type(target[key]) == "table" then
      M.merge(target[key], value)
    else
      target[key] = value
    end
  end
  return target
end

function M.equals(a, b)
  if a == b then
    return true
  end
  if type(a) ~= "table" or type(b) ~= "table" then
    return false
  end
  for key, value in pairs(a) do
    if not M.equals(value, b[key]) then
      return false
    end
  end
  for key in pairs(b) do
    if a[key] == nil then
      return false
    end
  end
  return true
end

function M.groupBy(list, keyOf)
  local groups = {}
  for _, value in ipairs(list) do
    local key = keyOf(value)
    groups[key] = groups[key] or {}
    table.insert(groups[key], value)
  end
  return groups
end

function M.isEmpty(map)
  return next(map) == nil
end

return M
