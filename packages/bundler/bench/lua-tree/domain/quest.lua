-- The quest "@Name@": steps, rewards, and who is where.
local Machine = require("lib.machine")
local tables = require("lib.tables")
local check = require("lib.check")
local router = require("lib.router")
local random = require("lib.random")
local events = require("lib.events")
local strings = require("lib.strings")

local M = {}

M.title = "@Name@"
M.reward = @reward@
M.story = [[
Long ago the @Name@ was lost. Whoever finds it again
will be remembered by everybody who lives in the valley.
]]

local TRANSITIONS = {
  offered = { accept = "travelling", decline = "declined" },
  travelling = { arrive = "searching", turnBack = "declined" },
  searching = { find = "fighting", giveUp = "failed" },
  fighting = { win = "returning", lose = "failed" },
  returning = { deliver = "rewarded" },
}

local LOOT = {
  { value = "copper ring", weight = @copper@ },
  { value = "silver bell", weight = 20 },
  { value = "golden mask", weight = 5 },
  { value = "star map", weight = 1 },
}

local players = {}
local rewards = {}
local tries = {}

local function machineOf(player)
  local machine = players[player]
  if not machine then
    machine = Machine.new("offered", TRANSITIONS)
    players[player] = machine
  end
  return machine
end

local function roll(player, difficulty)
  tries[player] = (tries[player] or 0) + 1
  local drawn = random.between(1, 20) + math.min(tries[player], 5)
  return drawn >= difficulty, drawn
end

local function give(player, item)
  rewards[player] = rewards[player] or {}
  table.insert(rewards[player], item)
  events.emit("quest-reward", { quest = "@name@", player = player, item = item })
end

local function onTravel(player)
  if random.chance(@ambush@) then
    return machineOf(player):fire("turnBack") .. " after an ambush"
  end
  return machineOf(player):fire("arrive")
end

local function onSearch(player)
  local fine, drawn = roll(player, @search@)
  if fine then
    return machineOf(player):fire("find") .. " with " .. drawn
  end
  return "searching with " .. drawn
end

local function onFight(player)
  local fine, drawn = roll(player, @fight@)
  return machineOf(player):fire(fine and "win" or "lose") .. " with " .. drawn
end

local function onReturn(player)
  local state = machineOf(player):fire("deliver")
  for _ = 1, M.reward do
    give(player, random.weighted(LOOT))
  end
  return state
end

local STEPS = { travelling = onTravel, searching = onSearch, fighting = onFight, returning = onReturn }

function M.accept(player)
  return machineOf(player):fire("accept")
end

function M.decline(player)
  return machineOf(player):fire("decline")
end

function M.step(player)
  local machine = machineOf(player)
  local step = STEPS[machine.state]
  if not step then
    check.fail("bad-state", "nothing to do when " .. machine.state)
  end
  return step(player)
end

function M.rewardsOf(player)
  return rewards[player] or {}
end

function M.progress(player)
  local order = { "offered", "travelling", "searching", "fighting", "returning", "rewarded" }
  local _, index = tables.find(order, function(state)
    return state == machineOf(player).state
  end)
  return index and math.floor(100 * (index - 1) / (#order - 1)) or 0
end

function M.playersIn(state)
  return tables.filter(tables.keys(players), function(player)
    return players[player]:is(state)
  end)
end

function M.summary()
  local counts = {}
  for _, player in ipairs(tables.keys(players)) do
    local state = players[player].state
    counts[state] = (counts[state] or 0) + 1
  end
  return strings.join(tables.map(tables.keys(counts), function(state)
    return state .. ":" .. counts[state]
  end), " ")
end

function M.restart(player)
  machineOf(player):reset("offered")
  tries[player] = nil
end

function M.leaderboard(limit)
  local list = tables.map(tables.keys(rewards), function(player)
    return { player = player, count = #rewards[player] }
  end)
  table.sort(list, function(a, b)
    if a.count ~= b.count then
      return a.count > b.count
    end
    return a.player < b.player
  end)
  return tables.slice(list, 1, math.min(limit, #list))
end

function M.hint(player)
  local state = machineOf(player).state
  local hints = {
    offered = "Ask the elder about the @Name@.", travelling = "The road north is longer than it looks.",
    searching = "Look behind the waterfall.", fighting = "It fears fire.", returning = "Hurry home.",
  }
  return hints[state] or "Nothing more to tell."
end

router.on("@Name@-Accept", function(message)
  return M.accept(message.From)
end)

router.on("@Name@-Decline", function(message)
  return M.decline(message.From)
end)

router.on("@Name@-Step", function(message)
  return M.step(message.From)
end)

router.on("@Name@-Rewards", function(message)
  return strings.join(M.rewardsOf(message.From), ", ")
end)

router.on("@Name@-Progress", function(message)
  return M.progress(message.From) .. "% " .. machineOf(message.From):path()
end)

router.on("@Name@-Summary", function()
  return M.summary()
end)

return M
