import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { bytesOfText, createVm, textOfBytes, type Vm } from '@beamline/vm';

let vm: Vm;
beforeAll(async () => {
  vm = await createVm({ code: `
    function same(...) return ... end
    function show(v) return math.type(v) or type(v) end
    function bytes(s) local t = {} for i = 1, #s do t[i] = s:byte(i) end return t end
    function all() local t = {} for i = 0, 255 do t[i + 1] = string.char(i) end return table.concat(t) end
    function count(...) return (select('#', ...)) .. '' end` });
});
afterAll(() => vm.close());

it.each([
  ['text', 'h\u00e9llo \u{1f600}'], ['an empty string', ''], ['a string with byte 0', 'a\0b'], ['a short string with byte 0', '\0'],
  ['an integer', -42], ['the greatest safe integer', Number.MAX_SAFE_INTEGER], ['true', true], ['false', false],
  ['a list', ['a', 1, ['b']]], ['a map', { a: 'x', b: { c: 1, d: ['y'] }, '__proto__x': 'z' }],
  ['a list of 150 strings', Array.from({ length: 150 }, (_, i) => `s${i}`)],
  ['a map of 150 strings', Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`k${i}`, `v${i}`]))],
  ['a map of 60 strings and a number', Object.fromEntries([...Array.from({ length: 60 }, (_, i) => [`k${i}`, `v${i}`]), ['n', 1]])],
  ['a long string', 'x'.repeat(1_000_000)],
])('brings %s in and out again', async (_, value) => {
  expect(await vm.call('same', value)).toEqual(value);
});

it('sees strings as their UTF-8 bytes', async () => {
  expect(await vm.call('bytes', '\u00e9')).toEqual([0xc3, 0xa9]);
});

it('carries all 256 bytes both ways exactly', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(await vm.call('bytes', textOfBytes(bytes))).toEqual([...bytes]);
  expect(bytesOfText(String(await vm.call('all')))).toEqual(Buffer.from(bytes));
});

it('keeps any bytes through text and back', () => {
  let seed = 1;
  for (let round = 0; round < 500; round++) {
    const bytes = Uint8Array.from({ length: round % 40 }, () => (seed = (seed * 48_271) % 2_147_483_647) >> 8);
    expect([...bytesOfText(textOfBytes(bytes))]).toEqual([...bytes]);
  }
});

it('keeps valid text readable next to bytes that are not', () => {
  expect(textOfBytes(Buffer.from([0x68, 0xc3, 0xa9, 0xff, 0x21]))).toBe('h\u00e9\udcff!');
});

it('turns whole numbers into integers and others into floats', async () => {
  expect(await vm.call('show', 3)).toBe('integer');
  expect(await vm.call('show', 3.5)).toBe('float');
  expect(await vm.call('show', 2 ** 60)).toBe('float');
});

it('delivers floats as a node writes them', async () => {
  expect(await vm.call('same', 0.1)).toBe('1.00000000000000005551e-01');
});

it('refuses what Lua cannot hold', async () => {
  await expect(vm.call('same', null as never)).rejects.toMatchObject({ code: 'vm/bad-value' });
});

it('calls any global function, and says when there is none', async () => {
  expect(await vm.call('count', 1, 2, 3)).toBe('3.0');
  await expect(vm.call('nowhere')).rejects.toMatchObject({ code: 'vm/call-failed' });
});
