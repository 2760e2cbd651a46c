import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createVm, type Vm } from '@beamline/vm';

const CODE = `
kept = {}
function keptNumber() return kept.n end
function compute(base, req, opts)
  base.calls = (base.calls or 0) + 1
  return load('local base, req, opts = ... ' .. req.source)(base, req, opts)
end`;
let vm: Vm;
const run = (source: string) => vm.compute({ source });
beforeAll(async () => {
  vm = await createVm({ code: CODE, base: { owner: 'me', deep: { list: ['a', 'b'], n: 1 } } });
});
afterAll(() => vm.close());

it('reports only the top-level keys that changed', async () => {
  expect(await run('base.deep.n = 2 return base')).toMatchObject({ ok: true, changed: { calls: 1, deep: { list: ['a', 'b'], n: 2 } } });
  const next = await run('base.deep.n = 2 return base');
  expect(next).toMatchObject({ ok: true, changed: { calls: 2 } });
  expect(next).not.toHaveProperty('changed.deep');
});

it('tells an integer that became a float from one that stayed', async () => {
  await run('base.x = 6 return base');
  expect(await run('base.x = 6 / 1 return base')).toMatchObject({ changed: { x: '6.00000000000000000000e+00' } });
});

it('reports removed keys once', async () => {
  await run('base.gone = "x" return base');
  expect(await run('base.gone = nil return base')).toMatchObject({ removed: ['gone'] });
  expect(await run('return base')).toMatchObject({ removed: [] });
});

it('takes another returned table as the new base', async () => {
  expect(await run('return { owner = "you", deep = base.deep, calls = base.calls }')).toMatchObject({
    changed: { owner: 'you' }, removed: ['x'],
  });
});

it('hands out a fresh copy of base, as a node does', async () => {
  await run('kept.deep = { v = 1 } base.deep = kept.deep return base');
  expect(await run('kept.deep.v = 2 return base')).not.toHaveProperty('changed.deep');
});

it('unsets results before each message', async () => {
  expect(await run('base.results = { output = { data = "a" } } return base')).toMatchObject({ results: { output: { data: 'a' } } });
  expect(await run('base.seen = tostring(base.results) return base')).toMatchObject({ results: undefined, changed: { seen: 'nil' } });
});

it('drops results from the base it is given', async () => {
  const own = await createVm({ code: 'function compute(base) base.seen = type(base.results) return base end', base: { results: { a: 1 } } });
  expect(await own.compute({})).toMatchObject({ changed: { seen: 'nil' }, removed: [], results: undefined });
  await own.close();
});

it('accepts functions in base and leaves them out', async () => {
  const done = await run('base.f = print base.t = { f = print, a = 1 } return base');
  expect(done).toMatchObject({ ok: true, changed: { t: { a: 1 } } });
  expect(done).not.toHaveProperty('changed.f');
});

it('delivers booleans, lists, nested maps and whole numbers beyond 2^53', async () => {
  expect(await run('base.v = { yes = true, no = false, list = { { a = 1 }, "b" }, big = math.maxinteger, empty = {} } return base'))
    .toMatchObject({ changed: { v: { yes: true, no: false, list: [{ a: 1 }, 'b'], big: '9223372036854775807', empty: {} } } });
});

it('accepts "ok" before base', async () => {
  expect(await run('return "ok", base')).toMatchObject({ ok: true });
});

it('gives compute a third argument, an empty table', async () => {
  expect(await run('base.opts = type(opts) .. tostring(next(opts)) return base')).toMatchObject({ changed: { opts: 'tablenil' } });
});

it.each([
  ['nothing', 'return', 'bad-return', 500],
  ['nil', 'return nil', 'bad-return', 500],
  ['a string', 'return "text"', 'bad-return', 500],
  ['three values', 'return "ok", base, 1', 'bad-return', 500],
  ['another status', 'return "maybe", base', 'bad-return', 500],
  ['a list in place of base', 'return { 1, 2 }', 'bad-return', 500],
  ['a table with mixed keys', 'base.v = { 1, 2, a = 3 } return base', 'bad-return', 500],
  ['a table with a float key', 'base.v = { [2.5] = 1 } return base', 'bad-return', 500],
  ['a table with a boolean key', 'base.v = { [true] = 1 } return base', 'bad-return', 500],
  ['a list with a hole', 'base.v = { 1, nil, 3 } return base', 'bad-return', 500],
  ['bad keys in results', 'base.results = { [true] = 1 } return base', 'bad-return', 500],
  ['the status error', 'return "error", "no"', 'error', 400],
  ['a table that contains itself', 'base.v = {} base.v.v = base.v return base', 'error', 400],
  ['base inside base', 'base.v = base return base', 'error', 400],
  ['an error', 'error("boom")', 'error', 400],
])('refuses %s and changes nothing', async (_, source, reason, status) => {
  const before = await run('kept.n = 1 base.v = 1 return base');
  expect(await run(`kept.n = 2 ${source}`)).toMatchObject({ ok: false, reason, status });
  const calls = before.ok ? Number(before.changed['calls']) : Number.NaN;
  expect(await run('base.n = "kept " .. kept.n return base')).toMatchObject({ ok: true, changed: { calls: calls + 1 } });
  expect(await vm.call('keptNumber')).toBe(1);
});

it('names recursive_table for a table that contains itself', async () => {
  expect(await run('base.v = base return base')).toMatchObject({ message: expect.stringContaining('recursive_table') });
});

it('accepts one table in two places', async () => {
  expect(await run('local t = { 1 } base.p = t base.q = t return base')).toMatchObject({ changed: { p: [1], q: [1] } });
});
