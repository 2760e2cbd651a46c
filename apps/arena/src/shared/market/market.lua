-- The market, in Lua: players offer and bid, matching orders become trades, the world settles them.
local ecs = require("@beamline/ecs")
local kernel = require("@beamline/kernel")
local prices = require("./prices")

local ITEMS = 1000
local MAX_ORDERS = 2000
local MAX_ORDERS_PER_TRADER = 20
local LIFETIME_MS = 120000
local EXPIRED_PER_STEP = 50
local SELL, BUY = 1, 2

-- Field order is given by hand: Lua tables forget it.
local Trader = ecs.component("Trader", { address = ecs.str, orders = ecs.u16, trades = ecs.u32 }, { "address", "orders", "trades" })
local Order = ecs.component("Order", {
  trader = ecs.eid, side = ecs.u8, item = ecs.u16, count = ecs.u16, price = ecs.u32, expires = ecs.i53,
}, { "trader", "side", "item", "count", "price", "expires" })
local Quote = ecs.component("Quote", { item = ecs.u16, last = ecs.u32, volume = ecs.u32 }, { "item", "last", "volume" })

local function trader_of(world, address)
  local trader = ecs.find(world, Trader, "address", address)
  if trader ~= 0 then return trader end
  trader = ecs.addEntity(world)
  ecs.add(world, trader, Trader, { address = address })
  return trader
end

local function bump(world, entity, component, field, by)
  ecs.set(world, entity, component, field, ecs.get(world, entity, component, field) + by)
end

local function close(world, order)
  bump(world, ecs.get(world, order, Order, "trader"), Trader, "orders", -1)
  ecs.removeEntity(world, order)
end

-- The best order of the other side for an item, the lowest row among equals; 0 when none meets the price.
local function best_match(world, trader, side, item, price)
  local best, best_price, now = 0, price, ecs.now(world)
  local traders, sides = ecs.column(world, Order, "trader"), ecs.column(world, Order, "side")
  local items, order_prices = ecs.column(world, Order, "item"), ecs.column(world, Order, "price")
  local expires = ecs.column(world, Order, "expires")
  for row = 1, ecs.rows(world, Order) do
    if items[row] == item and sides[row] ~= side and traders[row] ~= trader and expires[row] > now then
      local offered = order_prices[row]
      local better = side == BUY and offered < best_price or side == SELL and offered > best_price
      if better or best == 0 and offered == best_price then
        best, best_price = ecs.entityAt(world, Order, row - 1), offered
      end
    end
  end
  return best
end

local function quote(world, item, price, count)
  local found = ecs.find(world, Quote, "item", item)
  if found == 0 then
    found = ecs.addEntity(world)
    ecs.add(world, found, Quote, { item = item })
  end
  ecs.set(world, found, Quote, "last", price)
  bump(world, found, Quote, "volume", count)
end

-- Both orders are closed before the world is asked: a trade that it refuses is simply off.
local function trade(world, order, trader, side, count)
  local other = ecs.get(world, order, Order, "trader")
  local item, price = ecs.get(world, order, Order, "item"), ecs.get(world, order, Order, "price")
  local available = ecs.get(world, order, Order, "count")
  local traded = count < available and count or available
  local seller, buyer = trader, other
  if side == BUY then seller, buyer = other, trader end
  if traded == available then close(world, order) else bump(world, order, Order, "count", -traded) end
  bump(world, trader, Trader, "trades", 1)
  bump(world, other, Trader, "trades", 1)
  quote(world, item, price, traded)
  kernel.send({
    to = "world",
    action = "Trade",
    tags = {
      seller = ecs.get(world, seller, Trader, "address"),
      buyer = ecs.get(world, buyer, Trader, "address"),
      item = item, count = traded, gold = price * traded,
    },
  })
  return "traded " .. traded .. " at " .. price
end

local function place(side)
  return function(world, message)
    local item = kernel.intTag(message, "item", 1, ITEMS)
    local count = kernel.intTag(message, "count", 1, 1000)
    local price = kernel.intTag(message, "price", 1, 1000000)
    local trader = trader_of(world, message.from)
    local match = best_match(world, trader, side, item, price)
    if match ~= 0 then return trade(world, match, trader, side, count) end
    if ecs.get(world, trader, Trader, "orders") >= MAX_ORDERS_PER_TRADER then
      return kernel.refuse("arena/too-many-orders", "Cancel an order or let one expire first")
    end
    if ecs.rows(world, Order) >= MAX_ORDERS then
      return kernel.refuse("arena/crowded", "The order book is full; try again later")
    end
    local order = ecs.addEntity(world)
    ecs.add(world, order, Order, {
      trader = trader, side = side, item = item, count = count, price = price, expires = ecs.now(world) + LIFETIME_MS,
    })
    bump(world, trader, Trader, "orders", 1)
    return "order " .. order
  end
end

local function cancel(world, message)
  local order = kernel.intTag(message, "order", 1, 4294967295)
  if not ecs.has(world, order, Order) then return kernel.refuse("arena/no-order", "There is no such order") end
  if ecs.get(world, ecs.get(world, order, Order, "trader"), Trader, "address") ~= message.from then
    return kernel.refuse("arena/not-yours", "Only the one who placed an order can cancel it")
  end
  close(world, order)
  return "cancelled " .. order
end

-- Price{item}: the last price paid, or the list price. Changes nothing.
local function price(world, message)
  local item = kernel.intTag(message, "item", 1, ITEMS)
  local found = ecs.find(world, Quote, "item", item)
  return "price " .. (found == 0 and prices.listPrice(item) or ecs.get(world, found, Quote, "last"))
end

local expiry = ecs.system({
  name = "expiry",
  reads = { Order },
  writes = { Order, Trader },
  run = function(world)
    local expired = 0
    for _, order in ipairs(ecs.query(world, { Order })) do
      if expired == EXPIRED_PER_STEP then return end
      if ecs.get(world, order, Order, "expires") <= ecs.now(world) then
        close(world, order)
        expired = expired + 1
      end
    end
  end,
})

return kernel.defineRole({
  name = "market",
  components = { Trader, Order, Quote },
  systems = { expiry },
  actions = { Offer = place(SELL), Bid = place(BUY), Cancel = cancel, Price = price },
  tick = { everyMs = 1000, maxSteps = 5 },
})
