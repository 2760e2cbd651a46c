import { execFileSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { createVm } from '@beamline/vm';
import { openWorkerHost } from '../src/worker-host.ts';
import { encodeValue } from '../src/value-codec.ts';
import { compileWasm } from '../src/web-assembly.ts';

const CODE = `
local n, log = 0, {}
function compute(base, req)
  n = n + 1
  log[n] = n * 7919 % 1000 .. tostring({})
  for _ = 1, req.work or 0 do base.spin = #tostring(n) end
  if req.action == 'loop' then while true do pcall(error) end end
  if req.action == 'fill' then local t = {} while true do pcall(function() t[#t + 1] = ('x'):rep(10000) .. #t end) end end
  if req.action == 'fail' then error('boom') end
  base.results = { output = { data = n .. ' ' .. table.concat(log, ',') } }
  return base
end`;
const step = { action: 'step' };

it.each([
  ['an endless loop', 'loop', 'timeout'],
  ['filling the memory', 'fill', 'memory'],
  ['an error', 'fail', 'error'],
])('stops %s and goes on from the state before it', async (_, action, reason) => {
  const options = { code: CODE, timeLimitMs: action === 'loop' ? 300 : 60_000, memoryLimitBytes: 40 * 1024 * 1024 };
  const [hurt, whole] = await Promise.all([createVm(options), createVm(options)]);
  for (let i = 0; i < 3; i++) await hurt.compute(step);
  expect(await hurt.compute({ action })).toMatchObject({ ok: false, reason });
  const after = await hurt.computeAll([step, step]);
  const untouched = await whole.computeAll([step, step, step, step, step]);
  expect(after.map((one) => one.ok && one.results)).toEqual(untouched.slice(3).map((one) => one.ok && one.results));
  await Promise.all([hurt.close(), whole.close()]);
});

it('goes on from an image once a replay would take long', async () => {
  const vm = await createVm({ code: CODE, timeLimitMs: 1_000 });
  const work = { action: 'step', work: 100_000 };
  await vm.computeAll(Array.from({ length: 12 }, () => work));
  await vm.computeAll(Array.from({ length: 12 }, () => work));
  expect(await vm.compute({ action: 'loop' })).toMatchObject({ ok: false, reason: 'timeout' });
  const next = await vm.compute(step);
  expect(next.ok && next.results?.['output']).toMatchObject({ data: expect.stringMatching(/^25 /) });
  await vm.close();
});

it('computes a batch up to the first failure and returns what came before', async () => {
  const vm = await createVm({ code: CODE, timeLimitMs: 300 });
  for (const [action, reason] of [['loop', 'timeout'], ['fail', 'error']] as const) {
    const done = await vm.computeAll([step, step, { action }, step]);
    expect(done.map((one) => one.ok || one.reason)).toEqual([true, true, reason]);
  }
  const next = await vm.compute(step);
  expect(next.ok && next.results?.['output']).toMatchObject({ data: expect.stringMatching(/^5 /) });
  await vm.close();
});

it('runs calls in the order in which they were made', async () => {
  const vm = await createVm({ code: CODE });
  const done = await Promise.all(Array.from({ length: 20 }, () => vm.compute(step)));
  expect(done.map((one) => one.ok && Number.parseInt(String((one.results?.['output'] as { data: string }).data), 10)))
    .toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  await vm.close();
});

it('stops a module that loops while it loads', async () => {
  await expect(createVm({ code: 'while true do end', timeLimitMs: 300 })).rejects.toMatchObject({ code: 'vm/load-failed' });
});

it('says how much memory Lua holds', async () => {
  const vm = await createVm({ code: 'function grow() big = ("x"):rep(1000000) .. "y" end' });
  const before = await vm.memoryBytes();
  await vm.call('grow');
  expect(await vm.memoryBytes() - before).toBeGreaterThan(1_000_000);
  await vm.close();
});

it('fails calls under way and later ones when closed, and closes twice', async () => {
  const vm = await createVm({ code: CODE });
  const calls = Promise.allSettled([vm.compute({ action: 'loop' }), vm.compute(step)]);
  // Let the first call reach the worker.
  await new Promise(setImmediate);
  await vm.close();
  await vm.close();
  const fault = { status: 'rejected', reason: expect.objectContaining({ code: 'vm/closed' }) };
  expect(await calls).toEqual([fault, fault]);
  await expect(vm.compute(step)).rejects.toMatchObject({ code: 'vm/closed' });
});

it.each([
  ['no time', { timeLimitMs: 0 }], ['no number for a time', { timeLimitMs: Number.NaN }],
  ['less memory than a state begins with', { memoryLimitBytes: 1_000_000 }], ['more memory than there can be', { memoryLimitBytes: 2 ** 40 }],
])('refuses a limit of %s', async (_, limit) => {
  await expect(createVm({ code: CODE, ...limit })).rejects.toMatchObject({ code: 'vm/bad-option' });
});

it('reports a worker that dies instead of throwing where nobody listens', async () => {
  const emptyModule = compileWasm(Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
  await expect(openWorkerHost({
    module: emptyModule, profile: 'lua@5.3a', timeLimitMs: 5_000, memoryLimitBytes: 1 << 26,
    from: { code: '', name: 'empty.lua', base: encodeValue({}) },
  })).rejects.toMatchObject({ code: 'vm/load-failed' });
});

it('lets the process end with a VM still open', () => {
  const script = `import { createVm } from '@beamline/vm';
    const vm = await createVm({ code: 'function compute(base) return base end' });
    console.log((await vm.compute({})).ok);`;
  const printed = execFileSync(process.execPath, ['--conditions=@beamline/source', '--input-type=module', '-e', script], {
    cwd: new URL('..', import.meta.url), timeout: 20_000, encoding: 'utf8',
  });
  expect(printed).toBe('true\n');
});
