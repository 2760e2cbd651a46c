-- State machines: states, what may follow, and what happens on the way.
local Machine = {}
Machine.__index = Machine

function Machine.new(initial, transitions)
  local self = setmetatable({}, Machine)
  self.state = initial
  self.transitions = transitions
  self.log = {}
  return self
end

function Machine:can(event)
  local from = self.transitions[self.state]
  return from ~= nil and from[event] ~= nil
end

function Machine:fire(event)
  if not self:can(event) then
    error("bad-state: " .. event .. " is not possible when " .. self.state, 0)
  end
  local before = self.state
  self.state = self.transitions[before][event]
  self.log[#self.log + 1] = before .. ">" .. self.state
  return self.state
end

function Machine:is(state)
  return self.state == state
end

function Machine:path()
  return table.concat(self.log, " ")
end

function Machine:reset(state)
  self.state = state
  self.log = {}
end

return Machine
