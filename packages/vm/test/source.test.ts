import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkLua, createVm, type Vm } from '@beamline/vm';
import { rewriteOperators } from '../src/rewrite-operators.ts';

it.each([
  ['goto', 'local a = 1\ngoto out\n::out::', 'vm/forbidden', 2],
  ['a label', '\n\n::out::', 'vm/forbidden', 3],
  ['a character outside ASCII', 'local a\n-- caf\u00e9', 'vm/forbidden', 2],
  ['the escape of a code point', 'local a\nlocal b = "\\u{48}"', 'vm/forbidden', 2],
  ['a line break after a backslash', 'local b = "a\\\nb"', 'vm/forbidden', 1],
  ['a number beyond the floats', 'local b = 1e400', 'vm/forbidden', 1],
  ['what is not Lua', 'local a = 1\nlocal = 2', 'vm/syntax', 2],
  ['an attribute of Lua 5.4', 'local a <const> = 1', 'vm/syntax', 1],
])('refuses %s with file and line', async (_, code, fault, line) => {
  const expected = { code: fault, message: expect.stringContaining(`game.lua:${line}: `), details: { file: 'game.lua', line } };
  expect(() => checkLua(code, 'game.lua')).toThrow(expect.objectContaining(expected));
  await expect(createVm({ code, chunkName: 'game.lua' })).rejects.toMatchObject(expected);
});

it('accepts every other construct of Lua 5.3', () => {
  expect(() => checkLua(`local t <close> = nil`)).toThrow();
  expect(() => checkLua(`
    local a, b = 1 // 2 ~ 3 & ~4 | 5 << 6 >> 7, [==[long ]] string]==]
    for i = 1, 2 do repeat break until true end
    for k, v in pairs({ [1] = 'x'; y = 0x1p4 }) do a = -k ^ 2 .. v end
    function t.a.b:c(...) return ..., #t end -- comment
    --[[ long
    comment ]] return a`)).not.toThrow();
});

it.each([
  ['an error at load', 'local x = nil\nx.y = 1', 'game.lua:2: attempt to index a nil value'],
  ['an error by hand', 'error("no licence")', 'no licence'],
])('says where %s happened', async (_, code, text) => {
  await expect(createVm({ code, chunkName: 'game.lua' })).rejects.toMatchObject({
    code: 'vm/load-failed', message: expect.stringContaining(text),
  });
});

it('says where a compute failed', async () => {
  const vm = await createVm({ code: 'function compute(base)\n return base.x.y\nend', chunkName: 'game.lua' });
  expect(await vm.compute({})).toMatchObject({ message: "game.lua:2: attempt to index a nil value (field 'x')" });
  await vm.close();
});

describe('the rewriting of operators', () => {
  let plain: Vm;
  let profile: Vm;
  const evaluator = 'function evaluate(s) local ok, v = pcall(load("local a, b, c = 7, 3, 2 return " .. s)) return ok, tostring(v) end '
    + 'function shown(s) local ok, v = evaluate(s) return (ok and "" or "error ") .. v end';
  beforeAll(async () => {
    [plain, profile] = await Promise.all([createVm({ code: evaluator, profile: 'lua5.3' }), createVm({ code: evaluator })]);
  });
  afterAll(() => Promise.all([plain.close(), profile.close()]));

  it.each([
    ['leaves a literal divisor alone', 'x = a / 2 % 0x10', 'x = a / 2 % 0x10'],
    ['wraps from the left operand to the right one', 'x = a / b', 'x = __vm_div(a , b)'],
    ['keeps parentheses on both sides', 'x = (a + b) / (c)', 'x = __vm_div((a + b) , (c))'],
    ['nests chains to the left', 'x = a / b / c', 'x = __vm_div(__vm_div(a , b) , c)'],
    ['finds the operator behind a comment', 'x = (a) --[[ / ]] --/\n % b', 'x = __vm_mod((a) --[[ / ]] --/\n , b)'],
    ['wraps operands of concatenation inside their parentheses', 'x = (a) .. "s" .. b', 'x = (__vm_text(a)) .. "s" .. __vm_text(b)'],
    ['stays apart from the word before it', 'return(a)/b', 'return __vm_div((a),b)'],
    ['leaves everything else alone', 'x = a + b * c - #d', 'x = a + b * c - #d'],
  ])('%s', (_, source, rewritten) => {
    expect(rewriteOperators(source, 'x.lua')).toBe(rewritten);
  });

  it('computes random expressions like plain Lua where nothing is zero or negative', async () => {
    let seed = 42;
    const random = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n;
    const expression = (depth: number): string => {
      if (depth === 0) return ['a', 'b', 'c', '5', '(a)', '((b))', 'a --[[x]] '][random(7)]!;
      const operator = ['+', '*', '/', '//', '%', '^', '>>', '..', '/', '%'][random(10)]!;
      const [left, right] = [expression(depth - 1 - random(depth)), expression(depth - 1 - random(depth))];
      const inner = `${random(2) ? `(${left})` : left} ${operator} ${random(3) ? `(${right})` : right}`;
      return random(2) ? `(${inner})` : inner;
    };
    let compared = 0;
    for (let i = 0; i < 400; i++) {
      const source = `(function() return ${expression(1 + random(4))} end)()`;
      const [one, other] = await Promise.all([plain.call('shown', source), profile.call('shown', source)]);
      // Floats are written differently, and values past the range of floats are refused: by design.
      if (/[.e]|error|inf|nan|-/.test(`${one}${other}`)) continue;
      compared++;
      expect([source, other]).toEqual([source, one]);
    }
    expect(compared).toBeGreaterThan(50);
  });
});

it('runs plain Lua 5.3 when asked to', async () => {
  const vm = await createVm({
    profile: 'lua5.3',
    code: 'function probe() goto out ::out:: return tostring(1 / 0) .. type(coroutine) .. tostring(tonumber("2")) end',
  });
  expect(await vm.call('probe')).toBe('inftable2');
  await vm.close();
});
