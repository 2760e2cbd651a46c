-- The @Name@ token: balances, allowances, fees, vesting.
local strings = require("lib.strings")
local tables = require("lib.tables")
local amounts = require("lib.amounts")
local check = require("lib.check")
local router = require("lib.router")
local events = require("lib.events")
local encode = require("lib.encode")
local access = require("lib.access")

local M = {}

M.name = "@Name@"
M.ticker = "@TICKER@"
M.decimals = 12
M.feePerMille = @fee@
M.DEBUG = false

local balances = { ann = "@supply@" }
local allowances = {}
local vesting = {}
local supply = "@supply@"
local collected = "0"

local function balanceOf(address)
  return balances[address] or "0"
end

local function setBalance(address, amount)
  if amounts.isZero(amount) then
    balances[address] = nil
  else
    balances[address] = amount
  end
end

local function debit(address, amount)
  local balance = balanceOf(address)
  if amounts.compare(balance, amount) < 0 then
    check.fail("insufficient-@name@", address .. " has " .. balance .. ", needs " .. amount)
  end
  setBalance(address, amounts.subtract(balance, amount))
end

local function credit(address, amount)
  setBalance(address, amounts.add(balanceOf(address), amount))
end

local function feeOf(amount)
  if M.feePerMille == 0 then
    return "0"
  end
  local product = amounts.multiply(amount, M.feePerMille)
  return #product > 3 and string.sub(product, 1, #product - 3) or "0"
end

local function trace(text)
  if M.DEBUG then
    print("[@name@] " .. text)
  end
end

function M.balance(address)
  return balanceOf(address)
end

function M.totalSupply()
  return supply
end

function M.transfer(from, to, amount)
  trace("transfer from " .. from .. " to " .. to)
  local fee = feeOf(amount)
  debit(from, amount)
  credit(to, amounts.subtract(amount, fee))
  collected = amounts.add(collected, fee)
  events.emit("@name@-transfer", { from = from, to = to, amount = amount, fee = fee })
  return fee
end

function M.approve(owner, spender, amount)
  allowances[owner] = allowances[owner] or {}
  allowances[owner][spender] = amount
end

function M.allowance(owner, spender)
  return (allowances[owner] or {})[spender] or "0"
end

function M.transferFrom(spender, from, to, amount)
  local allowed = M.allowance(from, spender)
  if amounts.compare(allowed, amount) < 0 then
    check.fail("not-allowed", spender .. " may spend " .. allowed)
  end
  M.approve(from, spender, amounts.subtract(allowed, amount))
  return M.transfer(from, to, amount)
end

function M.mint(to, amount)
  credit(to, amount)
  supply = amounts.add(supply, amount)
  events.emit("@name@-mint", { to = to, amount = amount })
end

function M.burn(from, amount)
  debit(from, amount)
  supply = amounts.subtract(supply, amount)
  events.emit("@name@-burn", { from = from, amount = amount })
end

function M.vest(to, amount, untilHeight)
  debit("ann", amount)
  vesting[#vesting + 1] = { to = to, amount = amount, height = untilHeight }
end

function M.release(height)
  local due = tables.filter(vesting, function(entry)
    return entry.height <= height
  end)
  vesting = tables.filter(vesting, function(entry)
    return entry.height > height
  end)
  for _, entry in ipairs(due) do
    credit(entry.to, entry.amount)
  end
  return #due
end

function M.holders(limit)
  local list = tables.map(tables.keys(balances), function(address)
    return { address = address, balance = balances[address] }
  end)
  table.sort(list, function(a, b)
    local order = amounts.compare(a.balance, b.balance)
    if order ~= 0 then
      return order > 0
    end
    return a.address < b.address
  end)
  return tables.slice(list, 1, math.min(limit, #list))
end

function M.describe()
  return M.name .. " (" .. M.ticker .. "), " .. amounts.format(supply, M.decimals) .. " in circulation"
end

function M.export()
  return encode.encode({ balances = balances, supply = supply, collected = collected, vesting = vesting })
end

function M.import(text)
  local state = encode.decode(text)
  balances, supply, collected, vesting = state.balances, state.supply, state.collected, state.vesting
end

function M.audit()
  local sum = collected
  for _, amount in pairs(balances) do
    sum = amounts.add(sum, amount)
  end
  for _, entry in ipairs(vesting) do
    sum = amounts.add(sum, entry.amount)
  end
  return sum == supply
end

router.on("@Name@-Transfer", function(message)
  local to, amount = check.address(message, "Recipient"), check.amount(message, "Quantity")
  local fee = M.transfer(message.From, to, amount)
  router.send(to, "Credit-Notice", amounts.subtract(amount, fee))
  return "debited " .. amount
end)

router.on("@Name@-Approve", function(message)
  M.approve(message.From, check.address(message, "Spender"), check.amount(message, "Quantity"))
end)

router.on("@Name@-TransferFrom", function(message)
  return M.transferFrom(message.From, check.address(message, "Owner"), check.address(message, "Recipient"), check.amount(message, "Quantity"))
end)

router.on("@Name@-Mint", function(message)
  access.require("owner", message)
  M.mint(check.address(message, "Recipient"), check.amount(message, "Quantity"))
  return M.totalSupply()
end)

router.on("@Name@-Burn", function(message)
  M.burn(message.From, check.amount(message, "Quantity"))
end)

router.on("@Name@-Vest", function(message)
  access.require("owner", message)
  M.vest(check.address(message, "Recipient"), check.amount(message, "Quantity"), check.integer(message, "Height", 1))
end)

router.on("@Name@-Release", function(message)
  return M.release(check.integer(message, "Height", 1))
end)

router.on("@Name@-Holders", function(message)
  return strings.join(tables.map(M.holders(check.integer(message, "Limit", 1, 20)), function(entry)
    return entry.address .. "=" .. entry.balance
  end), " ")
end)

router.on("@Name@-Balance", function(message)
  return M.balance(message.Tags.Target or message.From)
end)

router.on("@Name@-Audit", function()
  return tostring(M.audit())
end)

return M
