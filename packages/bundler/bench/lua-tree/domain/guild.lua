-- The guild of @Name@: members, ranks, a treasury, proposals and votes.
local strings = require("lib.strings")
local tables = require("lib.tables")
local check = require("lib.check")
local router = require("lib.router")
local events = require("lib.events")

local Guild = { RANKS = { "novice", "member", "officer", "leader" }, QUORUM = @quorum@ }

local members = { ann = 4 }
local treasury = 0
local proposals = {}
local banned = {}
local log = {}

local function note(text)
  log[#log + 1] = text
  if #log > @history@ then
    table.remove(log, 1)
  end
end

local function rankOf(address)
  return members[address] or 0
end

local function need(address, rank)
  if rankOf(address) < rank then
    check.fail("forbidden", "needs the rank " .. Guild.RANKS[rank])
  end
end

function Guild.join(address)
  if banned[address] then
    check.fail("banned", banned[address])
  end
  if members[address] then
    check.fail("already-member", address .. " belongs to @Name@")
  end
  members[address] = 1
  note(address .. " joined")
  events.emit("@name@-joined", address)
end

function Guild.leave(address)
  need(address, 1)
  members[address] = nil
  note(address .. " left")
end

function Guild.promote(by, address)
  need(by, 3)
  local rank = rankOf(address)
  if rank == 0 or rank >= rankOf(by) - 1 then
    check.fail("bad-rank", address .. " cannot be promoted by " .. by)
  end
  members[address] = rank + 1
  note(address .. " became " .. Guild.RANKS[rank + 1])
  return Guild.RANKS[rank + 1]
end

function Guild.demote(by, address)
  need(by, 4)
  local rank = rankOf(address)
  if rank <= 1 then
    check.fail("bad-rank", address .. " cannot be demoted")
  end
  members[address] = rank - 1
  note(address .. " became " .. Guild.RANKS[rank - 1])
end

function Guild.ban(by, address, reason)
  need(by, 3)
  if rankOf(address) >= rankOf(by) then
    check.fail("bad-rank", address .. " cannot be banned by " .. by)
  end
  members[address] = nil
  banned[address] = reason
  note(address .. " was banned: " .. reason)
end

function Guild.pardon(by, address)
  need(by, 4)
  banned[address] = nil
end

function Guild.deposit(address, amount)
  need(address, 1)
  treasury = treasury + amount
  note(address .. " gave " .. amount)
  return treasury
end

function Guild.propose(address, title, amount, recipient)
  need(address, 2)
  local proposal = { number = #proposals + 1, title = title, amount = amount, recipient = recipient, yes = {}, no = {}, state = "open" }
  proposals[proposal.number] = proposal
  note(address .. " proposes " .. title)
  return proposal.number
end

local function weightOf(list)
  return tables.reduce(list, function(sum, address)
    return sum + rankOf(address)
  end, 0)
end

local function settle(proposal)
  local yes, no = weightOf(proposal.yes), weightOf(proposal.no)
  if yes + no < Guild.QUORUM then
    return "open"
  end
  if yes <= no then
    proposal.state = "rejected"
  elseif proposal.amount > treasury then
    proposal.state = "unfunded"
  else
    treasury = treasury - proposal.amount
    proposal.state = "paid"
    router.send(proposal.recipient, "Grant", proposal.amount)
  end
  note(proposal.title .. " is " .. proposal.state)
  return proposal.state
end

function Guild.vote(address, number, isFor)
  need(address, 1)
  local proposal = proposals[number]
  if not proposal or proposal.state ~= "open" then
    check.fail("bad-proposal", "nothing to vote on")
  end
  if tables.includes(proposal.yes, address) or tables.includes(proposal.no, address) then
    check.fail("already-voted", "one vote each")
  end
  table.insert(isFor and proposal.yes or proposal.no, address)
  return settle(proposal)
end

function Guild.roster()
  local list = tables.keys(members)
  table.sort(list, function(a, b)
    if members[a] ~= members[b] then
      return members[a] > members[b]
    end
    return a < b
  end)
  return tables.map(list, function(address)
    return address .. " (" .. Guild.RANKS[members[address]] .. ")"
  end)
end

function Guild.openProposals()
  return tables.filter(proposals, function(proposal)
    return proposal.state == "open"
  end)
end

function Guild.chronicle(count)
  return tables.slice(log, math.max(1, #log - count + 1))
end

function Guild.banner()
  return strings.padLeft("", 4, "*") .. " " .. strings.capitalise("@name@") .. " " .. strings.padRight("", 4, "*")
end

function Guild.statistics()
  local counts = {}
  for _, rank in pairs(members) do
    local name = Guild.RANKS[rank]
    counts[name] = (counts[name] or 0) + 1
  end
  return { members = counts, treasury = treasury, proposals = #proposals }
end

router.on("@Name@-Join", function(message)
  return Guild.join(message.From)
end)

router.on("@Name@-Leave", function(message)
  return Guild.leave(message.From)
end)

router.on("@Name@-Promote", function(message)
  return Guild.promote(message.From, check.address(message, "Member"))
end)

router.on("@Name@-Ban", function(message)
  Guild.ban(message.From, check.address(message, "Member"), check.text(message, "Reason", 80))
end)

router.on("@Name@-Deposit", function(message)
  return Guild.deposit(message.From, check.integer(message, "Amount", 1))
end)

router.on("@Name@-Propose", function(message)
  return Guild.propose(message.From, check.text(message, "Title", 60), check.integer(message, "Amount", 1), check.address(message, "Recipient"))
end)

router.on("@Name@-Vote", function(message)
  return Guild.vote(message.From, check.integer(message, "Number", 1), check.flag(message, "For"))
end)

router.on("@Name@-Roster", function()
  return strings.join(Guild.roster(), ", ")
end)

router.on("@Name@-Chronicle", function(message)
  return strings.join(Guild.chronicle(check.integer(message, "Count", 1, 20)), "|")
end)

return Guild
