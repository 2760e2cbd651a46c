import { expect, it } from '@jest/globals';
import type { AoMap, AoValue } from '@beamline/core';
import { createVm, textOfBytes } from '@beamline/vm';
import { encodeAll } from '../src/value-codec.ts';

const ECHO = 'function compute(base, req) base.results = req return base end';
const id = (seed: string) => seed.padEnd(43, '_');
const shaped = (value: AoMap): boolean => encodeAll([value], 'c')[0]![1] === 'S'.charCodeAt(0);

/** The third time, a message of any shape has the shape that the second gave it. */
async function echoed(value: AoMap): Promise<(AoMap | undefined)[]> {
  const vm = await createVm({ code: ECHO });
  const answers = await vm.computeAll([value, value, value]);
  await vm.close();
  return answers.map((answer) => (answer.ok ? answer.results : undefined));
}

it('gives a message that comes in a known shape as it gives any other', async () => {
  const value: AoMap = {
    slot: 7, big: Number.MAX_SAFE_INTEGER, low: -5_000_000_000, yes: true, no: false, text: 'h\u00e9 \0 "]]', empty: {}, list: [1, 'a', ['b'], { c: 2 }],
    bytes: textOfBytes(Uint8Array.of(0, 255, 128)), '@path': 'x', commitments: { [id('A')]: { committed: ['a', 'b'], n: 1 }, [id('B')]: { n: 2 } },
  };
  expect(shaped(value)).toBe(false);
  expect(await echoed(value)).toEqual([value, value, value]);
  expect(shaped(value)).toBe(true);
});

it('tells shapes apart that differ in one key, one type or the length of a list', async () => {
  const values: AoMap[] = [
    { a: '1', b: '2' }, { b: '2', a: '1' }, { a: 1, b: '2' }, { a: 1.5, b: '2' }, { a: true, b: '2' }, { a: false, b: '2' },
    { a: ['1'], b: '2' }, { a: ['1', '2'], b: '2' }, { a: { b: '2' } }, { a: {}, b: '2' }, { a: [], b: '2' }, { [id('x')]: '1' }, { [id('x')]: '1', b: '2' },
  ];
  const vm = await createVm({ code: ECHO });
  const answers = await vm.computeAll([...values, ...values, ...values, ...values]);
  await vm.close();
  const expected = values.map((value) => (value['a'] === 1.5 ? { ...value, a: '1.50000000000000000000e+00' } : value));
  const asLua = expected.map((value) => (Array.isArray(value['a']) && value['a'].length === 0 ? { ...value, a: {} } : value));
  expect(answers.map((answer) => (answer.ok ? answer.results : answer))).toEqual([...asLua, ...asLua, ...asLua, ...asLua]);
});

it.each([
  ['a key that no Lua source may hold', { 'a"b': 'x' }], ['a key of other letters', { '\u00e9': 'x' }], ['an empty key', { '': 'x' }],
  ['151 values', Object.fromEntries(Array.from({ length: 151 }, (_, i) => [`k${i}`, i]))],
])('gives %s without a shape', async (_, value: AoMap) => {
  expect(await echoed(value)).toEqual([value, value, value]);
  expect(shaped(value)).toBe(false);
});

it('builds every shape that it gives away, whatever lies in what', async () => {
  let seed = 11;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % 9973 % below;
  let left = 0;
  const make = (depth: number): AoValue => {
    left -= 1;
    const kind = left <= 0 || depth > 40 ? random(3) : random(8);
    if (kind === 0) return random(1_000_000) - 500_000;
    if (kind === 1) return `text ${random(1_000)}`;
    if (kind === 2) return random(2) === 0;
    if (kind < 6) return Array.from({ length: random(random(4) === 0 ? 60 : 5) + 1 }, () => make(depth + 1));
    return Object.fromEntries(Array.from({ length: random(6) + 1 }, (_, i) => [random(4) === 0 ? id(`k${i}`) : `k${i}`, make(depth + 1)]));
  };
  const vm = await createVm({ code: ECHO });
  let inShape = 0;
  for (let round = 0; round < 80; round++) {
    left = random(200);
    const value = { v: { w: make(0) }, x: [make(0)] };
    const answers = await vm.computeAll([value, value, value]);
    expect(answers.map((answer) => (answer.ok ? answer.results : answer))).toEqual([value, value, value]);
    if (shaped(value)) inShape += 1;
  }
  await vm.close();
  expect(inShape).toBeGreaterThan(30);
});

it('forgets shapes when there are too many, and goes on', async () => {
  const vm = await createVm({ code: ECHO });
  const values = Array.from({ length: 1_200 }, (_, i) => ({ [`key${i}`]: String(i) }));
  const answers = await vm.computeAll([...values, ...values, ...values]);
  await vm.close();
  expect(answers.map((answer) => (answer.ok ? answer.results : answer))).toEqual([...values, ...values, ...values]);
});
