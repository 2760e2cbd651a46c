import { expect, it } from '@jest/globals';
import { createVm, type Computed } from '@beamline/vm';

const CODE = `
local wander = { name = 'wander', reads = {}, writes = {}, run = function(n) for i = 1, n do n = n + 0 end end }
local rest = { name = 'rest', reads = {}, writes = {}, run = function() end }
local role = { systems = { wander, rest } }
function compute(base, req)
  if req.fail then error('boom') end
  for _ = 1, req.steps or 0 do for _, one in ipairs(role.systems) do one.run(req.n) end end
  base.n = (base.n or 0) + 1
  return base
end`;
const costOf = (computed: Computed) => (computed.ok ? computed.cost : undefined);

it('counts the instructions of a message and of each system in it', async () => {
  const vm = await createVm({ code: CODE, metered: true });
  const [none, small, large, twice] = (await vm.computeAll([{ n: 1 }, { n: 100, steps: 1 }, { n: 1_100, steps: 1 }, { n: 1_100, steps: 2 }])).map(costOf);
  expect(none!.systems).toEqual({});
  expect(none!.instructions).toBeGreaterThan(5);
  expect(none!.instructions).toBeLessThan(50);
  // A loop of one addition: two instructions a turn.
  expect(large!.systems['wander']! - small!.systems['wander']!).toBe(2_000);
  expect(twice!.systems['wander']).toBe(2 * large!.systems['wander']!);
  expect(large!.instructions).toBeGreaterThan(large!.systems['wander']! + large!.systems['rest']!);
  await vm.close();
});

it('counts the same after a failure, in another VM, and in a batch that only applies', async () => {
  const [vm, other] = await Promise.all([createVm({ code: CODE, metered: true }), createVm({ code: CODE, metered: true })]);
  const message = { n: 500, steps: 1 };
  const [first] = (await vm.computeAll([message])).map(costOf);
  await vm.compute({ fail: true });
  const [again] = (await vm.computeAll([message])).map(costOf);
  const { cost } = await other.apply([message, message]);
  expect(again!.systems).toEqual(first!.systems);
  expect(cost).toEqual({
    instructions: first!.instructions + again!.instructions,
    systems: { wander: 2 * first!.systems['wander']!, rest: 2 * first!.systems['rest']! },
  });
  await Promise.all([vm.close(), other.close()]);
});

it('computes the same with and without counting, and gives no cost when nobody asked', async () => {
  const [metered, plain] = await Promise.all([createVm({ code: CODE, metered: true }), createVm({ code: CODE })]);
  const [one, two] = [await metered.compute({ n: 3, steps: 2 }), await plain.compute({ n: 3, steps: 2 })];
  expect(one).toMatchObject({ ok: true, changed: { n: 1 } });
  expect(two).toMatchObject({ ok: true, changed: { n: 1 } });
  expect(two).not.toHaveProperty('cost');
  await Promise.all([metered.close(), plain.close()]);
});

it('keeps what it counts with out of the program\'s reach', async () => {
  const vm = await createVm({ code: 'function probe() return tostring(debug.sethook) .. tostring(debug.gethook) end', metered: true });
  expect(await vm.call('probe')).toBe('nilnil');
  await vm.close();
});

it('tells the memory of a VM: what Lua holds, the whole, and the image that undoes failures', async () => {
  const vm = await createVm({ code: 'function grow() big = ("x"):rep(3000000) .. "y" end function compute(base) return base end' });
  const before = await vm.memory();
  expect(before.wasmBytes).toBe(16 * 1024 * 1024);
  expect(before.luaBytes).toBeLessThan(before.wasmBytes);
  await vm.call('grow');
  expect((await vm.memory()).luaBytes - before.luaBytes).toBeGreaterThan(3_000_000);
  await vm.peek({});
  expect((await vm.memory()).imageBytes - before.imageBytes).toBeGreaterThan(3_000_000);
  await vm.close();
});
