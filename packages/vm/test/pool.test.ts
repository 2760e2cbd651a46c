import { createHash } from 'node:crypto';
import { afterAll, expect, it } from '@jest/globals';
import { createVmPool } from '@beamline/vm';

const COUNTER = `
local secret = 0
function compute(base, req)
  if req.body.action == 'Loop' then while true do end end
  if req.body.action == 'Fail' then error('no') end
  secret = secret + 1
  base.count = secret
  base.results = { output = { data = 'count=' .. secret } }
  return base
end`;

const pool = createVmPool({ threads: 1, timeLimitMs: 1_500 });
afterAll(() => pool.close());
const message = (action = 'Inc') => ({ slot: 1, body: { action } });
const counts = (computed: readonly { ok: boolean }[]) => computed.map((one) => ('changed' in one ? (one.changed as { count: number }).count : 'failed'));

it('keeps programs of one thread apart', async () => {
  const [one, two] = [await pool.open({ code: COUNTER }), await pool.open({ code: COUNTER })];
  expect(counts(await one.computeAll([message(), message()]))).toEqual([1, 2]);
  expect(counts(await two.computeAll([message()]))).toEqual([1]);
  await one.close();
  expect(counts(await two.computeAll([message()]))).toEqual([2]);
  await expect(one.compute(message())).rejects.toMatchObject({ code: 'vm/closed' });
});

it('undoes a message that fails, and goes on', async () => {
  const vm = await pool.open({ code: COUNTER });
  expect(counts(await vm.computeAll([message(), message('Fail'), message()]))).toEqual([1, 'failed']);
  expect(counts([await vm.compute(message())])).toEqual([2]);
});

it('stops an endless loop, with everybody else as they were, and those who waited served meanwhile', async () => {
  const [loops, waits, rests] = await Promise.all([0, 1, 2].map(() => pool.open({ code: COUNTER })));
  await Promise.all([loops, waits, rests].map((vm) => vm!.compute(message())));
  const order: string[] = [];
  const looping = loops!.computeAll([message(), message('Loop'), message()]).then((computed) => {
    order.push('loop');
    return computed;
  });
  const waiting = waits!.compute(message()).then((computed) => {
    order.push('wait');
    return computed;
  });
  const done = await looping;
  expect(done[0]).toMatchObject({ ok: true, changed: { count: 2 } });
  expect(done[1]).toMatchObject({ ok: false, reason: 'timeout', status: 500 });
  expect(counts([await waiting])).toEqual([2]);
  expect(order).toEqual(['wait', 'loop']);
  for (const [vm, count] of [[loops, 3], [waits, 3], [rests, 2]] as const) expect(counts([await vm!.compute(message())])).toEqual([count]);
}, 30_000);

it('continues from an image: globals, locals and base, without running the module again', async () => {
  const code = COUNTER.replace('local secret = 0', 'local secret = 0; loads = (loads or 0) + 1').replace("'count=' ..", "base.kept .. loads .. '=' ..");
  const first = await pool.open({ code, base: { kept: 'yes' } });
  await first.computeAll(Array.from({ length: 20 }, () => message()));
  const image = await first.image();
  await first.compute(message());
  const second = await pool.open({ code, image });
  expect(await second.compute(message())).toMatchObject({ changed: { count: 21 }, results: { output: { data: 'yes1=21' } } });
});

it('refuses an image that is damaged at any of its parts', async () => {
  const vm = await pool.open({ code: COUNTER });
  const image = await vm.image();
  for (const at of [0, 5, 9, 21, 30, 5_000, image.length - 1]) {
    const damaged = image.slice();
    damaged[at]! ^= 1;
    await expect(pool.open({ code: COUNTER, image: damaged })).rejects.toMatchObject({ code: 'vm/bad-image' });
  }
  await expect(pool.open({ code: COUNTER, image: image.subarray(0, 20) })).rejects.toMatchObject({ code: 'vm/bad-image' });
});

it('refuses an image that holds the Lua code of another version around its program', async () => {
  const vm = await pool.open({ code: COUNTER });
  const image = await vm.image();
  await vm.close();
  image[30]! ^= 1;
  image.set(createHash('sha256').update(image.subarray(0, -32)).digest(), image.length - 32);
  await expect(pool.open({ code: COUNTER, image })).rejects.toMatchObject({ code: 'vm/bad-image' });
});

it('replays what a program did since its last image when its thread is lost to another', async () => {
  const own = createVmPool({ threads: 1, timeLimitMs: 200 });
  const [loops, other] = [await own.open({ code: COUNTER }), await own.open({ code: COUNTER })];
  await other.computeAll(Array.from({ length: 500 }, () => message()));
  expect(await loops.compute(message('Loop'))).toMatchObject({ ok: false, reason: 'timeout' });
  expect(counts([await other.compute(message())])).toEqual([501]);
  await own.close();
});

it('reports a module that does not load', async () => {
  await expect(pool.open({ code: 'error("never")' })).rejects.toMatchObject({ code: 'vm/load-failed' });
  await expect(pool.open({ code: 'goto x' })).rejects.toMatchObject({ code: 'vm/forbidden' });
  await expect(pool.open({ code: COUNTER, memoryLimitBytes: 1 })).rejects.toMatchObject({ code: 'vm/bad-option' });
});
