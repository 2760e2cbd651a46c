-- The @Name@ market: limit orders, matched by price, then by age.
local tables = require("lib.tables")
local check = require("lib.check")
local router = require("lib.router")
local events = require("lib.events")
local encode = require("lib.encode")

local Book = {}
Book.__index = Book

function Book.new(name)
  return setmetatable({ name = name, bids = {}, asks = {}, trades = {}, number = 0 }, Book)
end

local function better(side, a, b)
  if a.price ~= b.price then
    if side == "bid" then
      return a.price > b.price
    end
    return a.price < b.price
  end
  return a.number < b.number
end

function Book:listOf(side)
  return side == "bid" and self.bids or self.asks
end

function Book:insert(side, order)
  local list = self:listOf(side)
  local at = #list + 1
  for index, other in ipairs(list) do
    if better(side, order, other) then
      at = index
      break
    end
  end
  table.insert(list, at, order)
end

function Book:crosses(side, order)
  local best = self:listOf(side == "bid" and "ask" or "bid")[1]
  if not best then
    return nil
  end
  if side == "bid" and order.price >= best.price or side == "ask" and order.price <= best.price then
    return best
  end
  return nil
end

function Book:match(side, order)
  local filled = {}
  local opposite = self:listOf(side == "bid" and "ask" or "bid")
  local best = self:crosses(side, order)
  while order.amount > 0 and best do
    local amount = math.min(order.amount, best.amount)
    order.amount = order.amount - amount
    best.amount = best.amount - amount
    local trade = { price = best.price, amount = amount, maker = best.owner, taker = order.owner }
    filled[#filled + 1] = trade
    self.trades[#self.trades + 1] = trade
    if best.amount == 0 then
      table.remove(opposite, 1)
    end
    best = self:crosses(side, order)
  end
  return filled
end

function Book:place(side, owner, price, amount)
  self.number = self.number + 1
  local order = { number = self.number, owner = owner, price = price, amount = amount }
  local filled = self:match(side, order)
  if order.amount > 0 then
    self:insert(side, order)
  end
  return order, filled
end

function Book:cancel(number, owner)
  for _, list in ipairs({ self.bids, self.asks }) do
    local order, index = tables.find(list, function(entry)
      return entry.number == number
    end)
    if order then
      if order.owner ~= owner then
        check.fail("forbidden", "the order is not yours")
      end
      table.remove(list, index)
      return true
    end
  end
  return false
end

function Book:depth(side, levels)
  local depth = {}
  for _, order in ipairs(self:listOf(side)) do
    local last = depth[#depth]
    if last and last.price == order.price then
      last.amount = last.amount + order.amount
    elseif #depth < levels then
      depth[#depth + 1] = { price = order.price, amount = order.amount }
    end
  end
  return depth
end

local M = {}

M.minimum = @minimum@
M.maximum = @maximum@
M.note = "orders of the @Name@ market live until they are filled or cancelled"

local book = Book.new("@name@")
local volumes = {}

local function remember(filled)
  for _, trade in ipairs(filled) do
    volumes[trade.maker] = (volumes[trade.maker] or 0) + trade.amount
    volumes[trade.taker] = (volumes[trade.taker] or 0) + trade.amount
    events.emit("@name@-trade", trade)
  end
end

function M.place(side, owner, price, amount)
  local order, filled = book:place(side, owner, price, amount)
  remember(filled)
  return order, filled
end

function M.lastPrice()
  local last = book.trades[#book.trades]
  return last and last.price
end

function M.averagePrice(count)
  local sum, amount = 0, 0
  for index = math.max(1, #book.trades - count + 1), #book.trades do
    local trade = book.trades[index]
    sum = sum + trade.price * trade.amount
    amount = amount + trade.amount
  end
  return amount > 0 and math.floor(sum / amount) or 0
end

function M.spread()
  local bid, ask = book.bids[1], book.asks[1]
  return bid and ask and ask.price - bid.price
end

function M.volumeOf(address)
  return volumes[address] or 0
end

function M.candles(size)
  local candles = {}
  for index, trade in ipairs(book.trades) do
    local number = math.floor((index - 1) / size) + 1
    local candle = candles[number]
    if not candle then
      candle = { open = trade.price, high = trade.price, low = trade.price, close = trade.price, volume = 0 }
      candles[number] = candle
    end
    candle.high = math.max(candle.high, trade.price)
    candle.low = math.min(candle.low, trade.price)
    candle.close = trade.price
    candle.volume = candle.volume + trade.amount
  end
  return candles
end

router.on("@Name@-Order", function(message)
  local side = check.oneOf(message, "Side", { "bid", "ask" })
  local price = check.integer(message, "Price", M.minimum, M.maximum)
  local order, filled = M.place(side, message.From, price, check.integer(message, "Amount", 1))
  for _, trade in ipairs(filled) do
    router.send(trade.maker, "Trade", trade.amount .. "@" .. trade.price)
  end
  return order.number .. " " .. order.amount
end)

router.on("@Name@-Cancel", function(message)
  return tostring(book:cancel(check.integer(message, "Number", 1), message.From))
end)

router.on("@Name@-Depth", function(message)
  return encode.encode({ bids = book:depth("bid", 5), asks = book:depth("ask", 5), volume = M.volumeOf(message.From) })
end)

router.on("@Name@-Price", function()
  return tostring(M.lastPrice()) .. "/" .. M.averagePrice(10)
end)

return M
