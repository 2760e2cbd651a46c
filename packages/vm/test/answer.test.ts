import { expect, it } from '@jest/globals';
import { createVm, encodeRequests, readAnswer } from '@beamline/vm';

const CODE = `
local step = { name = 'step', reads = {}, writes = {}, run = function(n) for i = 1, n do n = n + 0 end end }
local role = { step }
function compute(base, req)
  if req.fail then error('boom') end
  for _, one in ipairs(role) do one.run(req.n) end
  base.sum = (base.sum or 0) + req.n
  base.results = req.n > 0 and { output = { data = 'sum=' .. base.sum } } or nil
  return base
end`;

it('answers the results alone, as computing them would, and keeps the state', async () => {
  const [vm, other] = await Promise.all([createVm({ code: CODE }), createVm({ code: CODE })]);
  const requests = encodeRequests([{ slot: 1, n: 1 }, { slot: 2, n: 0 }, { slot: 3, n: 5 }]);
  const [one, two] = await Promise.all([vm.answer(requests), other.answer(requests)]);
  expect(one.answers.map(readAnswer)).toEqual([{ output: { data: 'sum=1' } }, undefined, { output: { data: 'sum=6' } }]);
  expect(one.answers).toEqual(two.answers);
  expect(await vm.compute({ slot: 4, n: 1 })).toMatchObject({ results: { output: { data: 'sum=7' } }, changed: { sum: 7 } });
  await Promise.all([vm.close(), other.close()]);
});

it('stops at the first that fails, says why, and goes on from before it', async () => {
  const vm = await createVm({ code: CODE });
  const { answers, failure } = await vm.answer(encodeRequests([{ n: 2 }, { fail: true }, { n: 3 }]));
  expect(answers).toHaveLength(1);
  expect(failure).toMatchObject({ ok: false, reason: 'error', message: expect.stringContaining('boom') });
  expect((await vm.answer(encodeRequests([{ n: 3 }]))).answers.map(readAnswer)).toEqual([{ output: { data: 'sum=5' } }]);
  await vm.close();
});

it('counts what it is told to, as a VM that counts everything, and nothing else', async () => {
  const [vm, all] = await Promise.all([createVm({ code: CODE, metered: true }), createVm({ code: CODE, metered: true })]);
  const reqs = [10, 20, 30, 40, 50].map((n, place) => ({ slot: place + 1, n }));
  const costs = (await all.computeAll(reqs)).map((computed) => (computed.ok ? computed.cost : undefined));
  const first = await vm.answer(encodeRequests(reqs.slice(0, 4), (place) => place % 3 === 1));
  expect([...first.costs.keys()]).toEqual([1]);
  expect(first.costs.get(1)!.systems).toEqual(costs[1]!.systems);
  expect(first.costs.get(1)!.instructions).toBe(costs[1]!.instructions);
  const last = await vm.compute(reqs[4]!);
  expect(last).toMatchObject({ ok: true, cost: costs[4] });
  await Promise.all([vm.close(), all.close()]);
});
