-- Text helpers. Everything is bytes.
local M = {}

function M.trim(text)
  return (text:gsub("^%s+", ""):gsub("%s+$", ""))
end

function M.startsWith(text, prefix)
  return string.sub(text, 1, #prefix) == prefix
end

function M.endsWith(text, suffix)
  return suffix == "" or string.sub(text, -#suffix) == suffix
end

function M.split(text, separator)
  local parts = {}
  local position = 1
  while true do
    local first, last = string.find(text, separator, position, true)
    if not first then
      parts[#parts + 1] = string.sub(text, position)
      return parts
    end
    parts[#parts + 1] = string.sub(text, position, first - 1)
    position = last + 1
  end
end

function M.join(parts, separator)
  local texts = {}
  for index = 1, #parts do
    texts[index] = tostring(parts[index])
  end
  return table.concat(texts, separator or ",")
end

function M.padLeft(text, width, fill)
  local missing = width - #text
  if missing <= 0 then
    return text
  end
  return string.rep(fill or " ", missing) .. text
end

function M.padRight(text, width, fill)
  local missing = width - #text
  if missing <= 0 then
    return text
  end
  return text .. string.rep(fill or " ", missing)
end

function M.capitalise(text)
  return string.upper(string.sub(text, 1, 1)) .. string.sub(text, 2)
end

function M.camelCase(text)
  local parts = M.split(text, "-")
  for index = 2, #parts do
    parts[index] = M.capitalise(parts[index])
  end
  return table.concat(parts)
end

function M.isBlank(text)
  return text == nil or M.trim(text) == ""
end

function M.count(text, needle)
  local found = 0
  local position = 1
  while true do
    local first, last = string.find(text, needle, position, true)
    if not first then
      return found
    end
    found = found + 1
    position = last + 1
  end
end

function M.truncate(text, limit)
  if #text <= limit then
    return text
  end
  return string.sub(text, 1, limit - 3) .. "..."
end

return M
