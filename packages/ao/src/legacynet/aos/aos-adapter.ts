/**
 * Lua that lets a program for HyperBEAM's `lua@5.3a`, a global `compute(base, req, opts)`, run as a handler of aos. It is
 * the body of a function `adapt(sha256, load)`: `load` defines `compute`, `sha256` names the program.
 *
 * - aos' own Eval by the owner stays in front; every other message that aos trusts is the program's.
 * - A message becomes the request of a node: tags in lower case, the signer as an ANS-104 commitment. The program's
 *   first slot, with the process message, is computed at once.
 * - `results` become aos' answer: `Output` holds the output, chunks, `health` and, under `state`, the other public keys;
 *   the outbox becomes messages, in the order of their numbers, tags sorted, so that every compute unit answers alike.
 * - `ao.result` is replaced for the one answer and puts itself back, so an update of aos leaves the handler in force.
 */
export const AOS_ADAPTER = `
local base, given = {}, { results = true, health = true, process = true, ["at-slot"] = true }

local function integer(value) return math.tointeger(tonumber(value)) or 0 end

local function bodyOf(id, owner, tags, data, target)
  local body, names = {}, {}
  for _, tag in ipairs(tags) do
    local name = string.lower(tag.name)
    if name == "authority" and body[name] then body[name] = body[name] .. "," .. tag.value else body[name] = tag.value end
  end
  if type(data) == "table" then data = require("json").encode(data) end
  -- The official client sends a blank where there is no data.
  if data ~= nil and data ~= "" and data ~= " " then body.data = tostring(data) end
  body.target = target
  for name in pairs(body) do names[#names + 1] = name end
  table.sort(names)
  body.commitments = { [id] = { committer = owner, ["commitment-device"] = "ans104@1.0", type = "rsa-pss-sha256", committed = names } }
  return body
end

local function numberOf(name) return tonumber(string.match(name, "%d+$") or "0") end

local function titleCase(name)
  return (string.gsub(string.gsub(name, "^%l", string.upper), "%-%l", string.upper))
end

local function keysOf(map)
  local keys = {}
  for key in pairs(map) do if type(key) == "string" then keys[#keys + 1] = key end end
  table.sort(keys)
  return keys
end

local function messageOf(entry, number)
  local tags = { { name = "Variant", value = "ao.TN.1" } }
  for _, key in ipairs(keysOf(entry)) do
    if key ~= "target" and key ~= "data" then tags[#tags + 1] = { name = titleCase(key), value = tostring(entry[key]) } end
  end
  return { Target = entry.target, Data = tostring(entry.data or ""), Tags = tags,
    Anchor = string.format("%032d", integer(entry.seq or number)) }
end

local function answer()
  local results = base.results or {}
  local output, messages, state = {}, {}, {}
  if type(results.output) == "table" then
    for key, value in pairs(results.output) do output[key] = value end
  else
    output.data = results.output
  end
  for key, value in pairs(results.chunks or {}) do output[key] = value end
  output.health = base.health
  for key, value in pairs(base) do if not given[key] and type(value) ~= "function" then state[key] = value end end
  if next(state) ~= nil then output.state = state end
  local outbox = results.outbox or {}
  local names = {}
  for name in pairs(outbox) do names[#names + 1] = name end
  table.sort(names, function(a, b)
    if type(a) == "number" or type(b) == "number" then return integer(a) < integer(b) end
    local one, two = numberOf(a), numberOf(b)
    if one ~= two then return one < two end
    return a < b
  end)
  for at, name in ipairs(names) do messages[at] = messageOf(outbox[name], at) end
  return { Output = output, Messages = messages, Spawns = {}, Assignments = {} }
end

-- aos collects after every message: the program need not do it as well.
local collect, skip = collectgarbage, function() return 0 end
local function guarded(run, ...)
  collectgarbage = skip
  local fine, result = pcall(run, ...)
  collectgarbage = collect
  if not fine then error(result, 0) end
  return result
end

local function step(slot, timestamp, body)
  base.results = nil
  local after = guarded(compute, base, { slot = slot, timestamp = timestamp, process = ao.id, body = body,
    path = "compute", type = "Assignment", ["block-height"] = 0, epoch = "0" }, {})
  if type(after) ~= "table" then error("beamline: the program returned no base", 0) end
  base = after
  base["at-slot"] = slot
end

local function show(result)
  local plain = ao.result
  ao.result = function()
    ao.result = plain
    return result
  end
end

guarded(load)
if type(compute) ~= "function" then error("beamline: the program defines no global compute", 0) end
local process = ao.env.Process
local definition = bodyOf(process.Id, process.Owner, process.TagArray or process.Tags)
for name, value in pairs(definition) do
  if name ~= "commitments" then
    base[name] = value
    given[name] = true
  end
end
base.process = definition
step(0, integer(os.time()), definition)

Handlers.prepend("beamline", function(msg)
  if msg.Action == "Eval" and msg.From == Owner then return 0 end
  return -1
end, function(msg)
  step(integer(msg.Nonce), integer(msg.Timestamp), bodyOf(msg.Id, msg.Owner, msg.TagArray, msg.Data, msg.Target))
  show(answer())
end)

Beamline = { sha256 = sha256, show = function() show(answer()) end }
Beamline.show()
return "beamline " .. sha256
`;
