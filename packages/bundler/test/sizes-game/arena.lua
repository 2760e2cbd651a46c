local ecs = require("@beamline/ecs")
local kernel = require("@beamline/kernel")

local Gold = ecs.component("Gold", { amount = ecs.u32 })

local function count(world)
  return tostring(ecs.rows(world, Gold))
end

local idle = ecs.system({ name = "rust", reads = { Gold }, writes = {}, run = function(world) count(world) end })

return kernel.defineRole({ name = "arena", components = { Gold }, systems = { idle }, actions = { Count = count } })
