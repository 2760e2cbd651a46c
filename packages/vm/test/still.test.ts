import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createVm, type Vm } from '@beamline/vm';

const BASE = {
  calls: 0, owner: 'me', big: { text: 'a "quoted" \\ line\n\r\0 and \u00e9', list: ['a', 1, { deep: true, no: false }], n: -7, empty: {} },
};
const CODE = `
function compute(base, req)
  base.calls = base.calls + 1
  return load('local base = ... ' .. req.source)(base)
end`;
let vm: Vm;
const run = (source: string) => vm.compute({ source });
/** Long enough for a tree that stays as it is to be compiled, by computes that answer and by quiet ones. */
async function rest(): Promise<void> {
  for (let i = 0; i < 10; i++) await run('return base');
  await vm.apply(Array.from({ length: 10 }, () => ({ source: 'return base' })));
}
beforeAll(async () => {
  vm = await createVm({ code: CODE, base: BASE });
});
afterAll(() => vm.close());

it('gives a tree that nobody changes again and again, exactly', async () => {
  await rest();
  const { big } = BASE;
  expect(await run('base.copy = base.big return base')).toMatchObject({ changed: { copy: big } });
  expect(await run('base.copy = nil return base')).toMatchObject({ removed: ['copy'] });
});

it.each([
  ['a field that is another', 'base.big.n = 8 return base', { n: 8 }],
  ['a field that is new', 'base.big.x = 1 return base', { n: 8, x: 1 }],
  ['a field that is gone', 'base.big.x = nil return base', { n: 8 }],
  ['an item of a list inside', 'base.big.list[3].deep = "yes" return base', { list: ['a', 1, { deep: 'yes', no: false }] }],
  ['a list that is longer', 'base.big.list[4] = "z" return base', { list: ['a', 1, { deep: 'yes', no: false }, 'z'] }],
  ['an integer that is a float now', 'base.big.n = 8 / 1 return base', { n: '8.00000000000000000000e+00' }],
])('notices %s', async (_, source, changed) => {
  await rest();
  expect(await run(source)).toMatchObject({ ok: true, changed: { big: changed } });
  await rest();
  expect(await run('base.copy = base.big return base')).toMatchObject({ changed: { copy: changed } });
  await run('base.copy = nil return base');
});

it('leaves out functions in a tree, and sees through tables with a metatable', async () => {
  await rest();
  expect(await run('base.big.f = print return base')).not.toHaveProperty('changed.big');
  expect(await run('base.big = setmetatable({}, { __index = base.big }) return base')).toMatchObject({ changed: { big: {} } });
});

it('hands out a tree that is the program’s own, even when it was compiled', async () => {
  await run('kept = nil base.big = { v = { w = 1 } } return base');
  await rest();
  await run('kept = base.big return base');
  expect(await run('kept.v.w = 2 base.seen = base.big.v.w return base')).toMatchObject({ changed: { seen: 1 } });
  expect(await run('base.same = base.big == kept return base')).toMatchObject({ changed: { same: false } });
});
