import { expect, it } from '@jest/globals';
import { createVm } from '@beamline/vm';

const CODE = `
local n = 0
function compute(base, req)
  n = n + 1
  base.n = n
  local ok, problem = pcall(load(req.source))
  base.results = { output = { data = tostring(problem) } }
  return base
end`;

it.each([
  ['the root of a negative number', 'math.sqrt(-1)'],
  ['the logarithm of zero', 'math.log(0)'],
  ['the logarithm to base 1', 'math.log(2, 1)'],
  ['an arc cosine out of range', 'math.acos(2)'],
  ['math.fmod by zero', 'math.fmod(1, 0)'],
  ['a character that is no byte', 'string.char(256)'],
  ['a plain find of nothing', 'string.find("a-b", "", 3, true)'],
  ['pairs over two billion places', '(function() for _ in pairs({ [1] = 1, [2147483648] = 2 }) do end end)()'],
  ['os.time of a table', 'os.time({ year = 2026 })'],
  ['tonumber(nil, 10)', 'tonumber(nil, 10)'],
  ['endless recursion', '(function() local function f() return 1 + f() end return f() end)()'],
  ['recursion through pcall', '(function() local function f(n) return pcall(f, n + 1) end return f(1) end)()'],
  ['recursion through a comparison', '(function() local function f() table.sort({ 1, 2 }, f) end return f() end)()'],
  ['a crash inside several pcalls', 'pcall(pcall, pcall, math.sqrt, -1)'],
])('%s fails the compute past every pcall, and the state stays', async (_, source) => {
  const vm = await createVm({ code: CODE });
  await vm.compute({ source: 'return 1' });
  expect(await vm.compute({ source: `return ${source}` })).toMatchObject({ ok: false, reason: 'crash', status: 500 });
  expect(await vm.compute({ source: 'return 1' })).toMatchObject({ ok: true, changed: { n: 2 } });
  await vm.close();
});

it('fails a compute whose own stack overflows outside any pcall', async () => {
  const vm = await createVm({ code: 'local function f() return 1 + f() end function compute(base) return f() end' });
  expect(await vm.compute({})).toMatchObject({ ok: false, reason: 'crash', status: 500 });
  await vm.close();
});

it('catches an ordinary error whose text looks like a crash', async () => {
  const vm = await createVm({ code: CODE });
  expect(await vm.compute({ source: 'error("stack overflow")' })).toMatchObject({
    ok: true, results: { output: { data: 'stack overflow' } },
  });
  await vm.close();
});
