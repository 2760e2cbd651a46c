-- Auctions of @name@: open bids with a minimum step, sealed bids, and a price that falls.
local tables = require("lib.tables")
local check = require("lib.check")
local router = require("lib.router")
local events = require("lib.events")
local encode = require("lib.encode")
local access = require("lib.access")

local M = { kinds = { "english", "sealed", "dutch" }, step = @step@, feePercent = @percent@ }

local auctions = {}
local sold = {}
local nextNumber = 1

local function auctionOf(number)
  local auction = auctions[number]
  if not auction then
    check.fail("unknown-auction", "there is no auction " .. number)
  end
  return auction
end

local function assertOpen(auction, height)
  if auction.closed or height > auction.ends then
    check.fail("closed", "the auction is over")
  end
end

local function describe(auction)
  return encode.encode({
    number = auction.number, kind = auction.kind, item = auction.item, seller = auction.seller, ends = auction.ends,
    best = auction.best and auction.best.amount or 0, bids = #auction.bids,
  })
end

function M.open(seller, item, kind, price, ends)
  local auction = { number = nextNumber, seller = seller, item = item, kind = kind, price = price, ends = ends, bids = {}, opened = 0 }
  auctions[nextNumber] = auction
  nextNumber = nextNumber + 1
  events.emit("@name@-auction", auction)
  return auction
end

local bidders = {}

function bidders.english(auction, bidder, amount)
  local floor = auction.best and auction.best.amount + M.step or auction.price
  if amount < floor then
    check.fail("too-low", "bid at least " .. floor)
  end
  local outbid = auction.best
  auction.best = { bidder = bidder, amount = amount }
  return outbid
end

function bidders.sealed(auction, bidder, amount)
  for _, bid in ipairs(auction.bids) do
    if bid.bidder == bidder then
      check.fail("already-bid", "a sealed bid is given once")
    end
  end
  if not auction.best or amount > auction.best.amount then
    auction.second = auction.best
    auction.best = { bidder = bidder, amount = amount }
  elseif not auction.second or amount > auction.second.amount then
    auction.second = { bidder = bidder, amount = amount }
  end
end

function bidders.dutch(auction, bidder, amount, height)
  local price = math.max(1, auction.price - height * M.step)
  if amount < price then
    check.fail("too-low", "the price is " .. price)
  end
  auction.best = { bidder = bidder, amount = price }
  auction.closed = true
end

function M.bid(number, bidder, amount, height)
  local auction = auctionOf(number)
  assertOpen(auction, height)
  if bidder == auction.seller then
    check.fail("forbidden", "sellers don't bid on their own")
  end
  local outbid = bidders[auction.kind](auction, bidder, amount, height)
  table.insert(auction.bids, { bidder = bidder, amount = amount, height = height })
  return auction, outbid
end

function M.priceOf(auction)
  if auction.kind == "sealed" and auction.second then
    return auction.second.amount
  end
  return auction.best and auction.best.amount or 0
end

function M.close(number, height)
  local auction = auctionOf(number)
  if not auction.closed and height <= auction.ends then
    check.fail("not-over", "the auction ends at " .. auction.ends)
  end
  auctions[number] = nil
  if not auction.best then
    return nil
  end
  local price = M.priceOf(auction)
  local fee = math.floor(price * M.feePercent / 100)
  local sale = { item = auction.item, price = price, fee = fee, seller = auction.seller, buyer = auction.best.bidder }
  sold[#sold + 1] = sale
  return sale
end

function M.openNumbers()
  return tables.keys(auctions)
end

function M.salesOf(seller)
  return tables.filter(sold, function(sale)
    return sale.seller == seller
  end)
end

function M.revenue()
  return tables.reduce(sold, function(sum, sale)
    return sum + sale.fee
  end, 0)
end

function M.history(number)
  local auction = auctionOf(number)
  return tables.map(auction.bids, function(bid)
    return bid.bidder .. " bid " .. bid.amount .. " at " .. bid.height
  end)
end

function M.extend(number, by)
  local auction = auctionOf(number)
  auction.ends = auction.ends + by
  return auction.ends
end

function M.cancelAll(reason)
  for number, auction in pairs(auctions) do
    events.emit("@name@-cancelled", { number = number, reason = reason, seller = auction.seller })
  end
  auctions = {}
end

router.on("@Name@-Open", function(message)
  local kind = check.oneOf(message, "Kind", M.kinds)
  local auction = M.open(message.From, check.text(message, "Item", 40), kind, check.integer(message, "Price", 1), check.integer(message, "Ends", 1))
  return describe(auction)
end)

router.on("@Name@-Bid", function(message)
  local auction, outbid = M.bid(check.integer(message, "Number", 1), message.From, check.integer(message, "Amount", 1), check.integer(message, "Height", 0))
  if outbid then
    router.send(outbid.bidder, "Outbid", auction.number)
  end
  return describe(auction)
end)

router.on("@Name@-Close", function(message)
  local sale = M.close(check.integer(message, "Number", 1), check.integer(message, "Height", 0))
  if not sale then
    return "nobody bid"
  end
  router.send(sale.seller, "Sold", sale.price - sale.fee)
  return sale.buyer .. " pays " .. sale.price
end)

router.on("@Name@-Extend", function(message)
  access.require("owner", message)
  return M.extend(check.integer(message, "Number", 1), check.integer(message, "By", 1, 100))
end)

router.on("@Name@-Sales", function(message)
  return encode.encode(M.salesOf(message.From)) .. M.revenue()
end)

return M
