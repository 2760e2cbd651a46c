import { describe, expect, it } from '@jest/globals';
import type { AoMap } from '@beamline/core';
import { createVm, replay, type ReplayEntry } from '@beamline/vm';

const CODE = `
local sum = 0
function compute(base, req)
  if req.body.action == 'Show' then
    base.results = { output = { sum = sum, slot = base['at-slot'] } }
    sum = -1
    return base
  end
  if req.body.action == 'Fail' then error('boom') end
  sum = (sum * 31 + tonumber(req.body.n)) % 1000003 // 1 | 0
  base.sum = sum
  base.parts = { last = { n = req.body.n }, list = { 'a', req.body.n } }
  base.results = { output = { data = 'x' } }
  return base
end`;

function entry(slot: number, action = 'Add'): ReplayEntry {
  return { slot, timestamp: 1_000 + slot, req: { slot, timestamp: 1_000 + slot, body: { action, n: String(slot % 97) } } };
}
const schedule = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => entry(from + i));
const look = ({ slot }: ReplayEntry): AoMap => ({ slot: slot + 1, body: { action: 'Show' } });

describe('a replay', () => {
  it('ends in the state that computing each message gives, with roots at the slots asked for', async () => {
    const [replayed, computed] = await Promise.all([createVm({ code: CODE }), createVm({ code: CODE })]);
    const done = await replay(replayed, schedule(0, 1_000), { rootAt: [0, 300, 511, 1_000], look });
    expect(done).toMatchObject({ slot: 1_000, applied: 1_001 });
    expect(done.roots.map(({ slot }) => slot)).toEqual([0, 300, 511, 1_000]);
    let next = 0;
    for (const { slot, results } of done.roots) {
      const all = await computed.computeAll(schedule(next, slot).map(({ req }) => req));
      next = slot + 1;
      const last = all.at(-1)!;
      expect(results).toEqual({ output: { sum: last.ok && last.changed['sum'], slot } });
    }
    expect(new Set(done.roots.map(({ root }) => root)).size).toBe(4);
    expect(done.roots[0]!.root).toMatch(/^[\w-]{43}$/);
    const [one, other] = await Promise.all([replayed, computed].map((vm) => vm.compute(entry(1_001).req)));
    expect({ ...one, ms: 0 }).toEqual({ ...other, ms: 0 });
    await Promise.all([replayed.close(), computed.close()]);
  });

  it('goes on where an earlier one ended, and gives the same roots', async () => {
    const [inOne, inTwo] = await Promise.all([createVm({ code: CODE }), createVm({ code: CODE })]);
    const whole = await replay(inOne, schedule(0, 600), { rootAt: [600], look });
    await replay(inTwo, schedule(0, 200));
    async function* rest() {
      yield* schedule(201, 600);
    }
    const second = await replay(inTwo, rest(), { rootAt: [600], look });
    expect(second).toMatchObject({ slot: 600, applied: 400 });
    expect(second.roots).toEqual(whole.roots);
    await Promise.all([inOne.close(), inTwo.close()]);
  });

  it('stops before the slot that fails and applies nothing behind it', async () => {
    const vm = await createVm({ code: CODE });
    const broken = schedule(0, 2_000).map((one) => (one.slot === 300 ? entry(300, 'Fail') : one));
    const done = await replay(vm, broken);
    expect(done).toMatchObject({ slot: 299, applied: 300, failure: { ok: false, reason: 'error', status: 400, message: 'boom' } });
    const shown = await vm.peek(look(entry(299)));
    expect(shown).toMatchObject({ results: { output: { slot: 299 } } });
    await vm.close();
  });

  it('refuses a schedule with a gap, roots without a look, and stops when the caller aborts', async () => {
    const vm = await createVm({ code: CODE });
    await expect(replay(vm, [entry(0), entry(2)])).rejects.toMatchObject({ code: 'vm/schedule-gap', details: { expected: 1, found: 2 } });
    await expect(replay(vm, [entry(0)], { rootAt: [0] })).rejects.toMatchObject({ code: 'vm/bad-option' });
    const reason = new Error('enough');
    await expect(replay(vm, [entry(0)], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await vm.close();
  });

  it('says when the program does not answer a look', async () => {
    const vm = await createVm({ code: CODE });
    await expect(replay(vm, [entry(0)], { rootAt: [0], look: () => ({ body: { action: 'Fail' } }) })).rejects.toMatchObject({ code: 'vm/look-failed' });
    await vm.close();
  });

  it('is refused by an empty schedule with nothing applied', async () => {
    const vm = await createVm({ code: CODE });
    expect(await replay(vm, [])).toMatchObject({ slot: -1, applied: 0, roots: [] });
    await vm.close();
  });
});

it('peeks without leaving a trace', async () => {
  const vm = await createVm({ code: CODE });
  await vm.compute(entry(0).req);
  const before = await vm.compute(entry(1).req);
  const first = await vm.peek(look(entry(1)));
  expect(first).toMatchObject({ ok: true, results: { output: { sum: before.ok && before.changed['sum'] } } });
  expect(await vm.peek(look(entry(1)))).toMatchObject({ results: first.ok && first.results });
  expect(await vm.peek(entry(9, 'Fail').req)).toMatchObject({ ok: false, reason: 'error' });
  await vm.close();
});

it('comes back from a look that never ends', async () => {
  const vm = await createVm({ code: CODE + ' local inner = compute function compute(base, req) if req.loop then while true do end end return inner(base, req) end', timeLimitMs: 300 });
  await vm.compute(entry(0).req);
  expect(await vm.peek({ loop: true })).toMatchObject({ ok: false, reason: 'timeout' });
  expect(await vm.peek(look(entry(0)))).toMatchObject({ ok: true, results: { output: { slot: 0 } } });
  await vm.close();
});

it.each([
  ['a table with a float key', 'base.v = { [2.5] = 1 }', 'bad-return'],
  ['a list with a hole', 'base.v = { 1, nil, 3 }', 'bad-return'],
  ['a mixed table', 'base.v = { 1, 2, a = 3 }', 'bad-return'],
  ['a table in itself', 'base.v = {} base.v.v = base.v', 'error'],
  ['bad keys in results', 'base.results = { [true] = 1 }', 'bad-return'],
])('applies nothing of a message that leaves %s', async (_, source, reason) => {
  const vm = await createVm({ code: 'function compute(base, req) load("local base = ... " .. req.source)(base) return base end' });
  expect(await vm.apply([{ source: 'base.v = { a = 1 }' }, { source: 'base.v = { a = 2 }' }, { source }])).toMatchObject({ applied: 2, failure: { reason } });
  expect(await vm.compute({ source: 'base.shown = base.v.a' })).toMatchObject({ changed: { shown: 2 } });
  await vm.close();
});
