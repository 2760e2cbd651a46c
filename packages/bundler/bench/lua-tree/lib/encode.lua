-- A small encoder and decoder of JSON: keys sorted, so that every process says the same.
local tables = require("lib.tables")

local M = {}

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function quote(text)
  return '"' .. string.gsub(text, '[%c"\\]', function(char)
    return ESCAPES[char] or string.format("\\u%04x", string.byte(char))
  end) .. '"'
end

local function isList(value)
  local count = 0
  for _ in pairs(value) do
    count = count + 1
  end
  return count == #value
end

function M.encode(value)
  local kind = type(value)
  if kind == "string" then
    return quote(value)
  elseif kind == "number" then
    return string.format("%d", value)
  elseif kind == "boolean" then
    return tostring(value)
  elseif kind == "table" then
    local parts = {}
    if isList(value) then
      for index, inner in ipairs(value) do
        parts[index] = M.encode(inner)
      end
      return "[" .. table.concat(parts, ",") .. "]"
    end
    for index, key in ipairs(tables.keys(value)) do
      parts[index] = quote(tostring(key)) .. ":" .. M.encode(value[key])
    end
    return "{" .. table.concat(parts, ",") .. "}"
  end
  return "null"
end

local decodeValue

local function skip(text, position)
  return string.find(text, "%S", position) or #text + 1
end

local function decodeString(text, position)
  local parts = {}
  local at = position + 1
  while true do
    local char = string.sub(text, at, at)
    if char == "" then
      error("unfinished string")
    elseif char == '"' then
      return table.concat(parts), at + 1
    elseif char == "\\" then
      local escaped = string.sub(text, at + 1, at + 1)
      local plain = ({ n = "\n", r = "\r", t = "\t" })[escaped] or escaped
      parts[#parts + 1] = plain
      at = at + 2
    else
      parts[#parts + 1] = char
      at = at + 1
    end
  end
end

local function decodeList(text, position)
  local list = {}
  local at = skip(text, position + 1)
  while string.sub(text, at, at) ~= "]" do
    list[#list + 1], at = decodeValue(text, at)
    at = skip(text, at)
    if string.sub(text, at, at) == "," then
      at = skip(text, at + 1)
    end
  end
  return list, at + 1
end

local function decodeMap(text, position)
  local map = {}
  local at = skip(text, position + 1)
  while string.sub(text, at, at) ~= "}" do
    local key
    key, at = decodeString(text, at)
    at = skip(text, string.find(text, ":", at, true) + 1)
    map[key], at = decodeValue(text, at)
    at = skip(text, at)
    if string.sub(text, at, at) == "," then
      at = skip(text, at + 1)
    end
  end
  return map, at + 1
end

function decodeValue(text, position)
  local char = string.sub(text, position, position)
  if char == "{" then
    return decodeMap(text, position)
  elseif char == "[" then
    return decodeList(text, position)
  elseif char == '"' then
    return decodeString(text, position)
  end
  local word = string.match(text, "^[%w+-.]+", position)
  if word == "true" or word == "false" then
    return word == "true", position + #word
  elseif word == "null" then
    return nil, position + #word
  end
  return tonumber(word), position + #word
end

function M.decode(text)
  return (decodeValue(text, skip(text, 1)))
end

return M
