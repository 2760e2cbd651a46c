/** `Inc` counts, `Send` sends to `To`, `Page` leaves a chunk, `Fail` raises an uncaught error. */
export const TEST_PROCESS_SOURCE = `
function compute(base, req, opts)
  local body = req.body
  base.count = (base.count or 0) + 1
  base.results = { output = { data = "count=" .. base.count }, outbox = {} }
  if body["from-process"] then base.sender = body["from-process"] end
  if body.action == "Send" then
    base.results.outbox.m1 = { target = body.to, action = "Inc", data = body.data }
  elseif body.action == "Page" then
    base.results.chunks = { c0 = "1,2;" .. body.data }
  elseif body.action == "Fail" then
    error("failed on request")
  end
  return base
end`;
