import { describe, expect, it } from '@jest/globals';
import { canonicalJson, component, eid, f64, i32, i53, layoutOf, str, u16, u8, array } from '@beamline/ecs';
import { calc, layoutVerdict, map, migrateImage, migration, type Expression, type TextExpression, type WorldImage } from '../../src/index.ts';

const Hero = component('Hero', { x: i53, level: u16, name: str, slots: array(u8, 2), foe: eid });
const layout = layoutOf([Hero]);
const heroes: [number, number, string, number, number, number][] = [
  [7, 3, 'ada', 1, 2, 0], [-7, 0, 'bob', 3, 4, 0], [Number.MAX_SAFE_INTEGER, 2, 'cyd', 5, 6, 0],
];
const image: WorldImage = {
  slot: 1, layout: 'l',
  tables: [{
    name: 'Hero', rows: 3, stamps: [1],
    columns: [{ name: '$entity', kind: 'eid' }, { name: 'x', kind: 'i53' }, { name: 'level', kind: 'u16' }, { name: 'name', kind: 'str' },
      { name: 'slots#0', kind: 'u8' }, { name: 'slots#1', kind: 'u8' }, { name: 'foe', kind: 'eid' }],
    data: [[1, 2, 3], ...[0, 1, 2, 3, 4, 5].map((c) => heroes.map((hero) => hero[c]!))],
  }],
};
const mapped = (step: ReturnType<typeof map>, column: number, to = layout) =>
  [...migrateImage(image, migration({ name: 'm', from: { role: 'r' }, steps: [step] }), to).tables[0]!.data[column]!];
const x = (by: Expression) => mapped(map(Hero, 'x', { from: i53, by }), 1);

describe('an expression', () => {
  it.each<[string, Expression, number[]]>([
    ['adds', calc.add(calc.value, 1), [8, -6, Number.MAX_SAFE_INTEGER]],
    ['stops at the limit below too', calc.sub(calc.sub(0, calc.value), 5), [-12, 2, -Number.MAX_SAFE_INTEGER]],
    ['multiplies up to the limit', calc.mul(calc.value, calc.value), [49, 49, Number.MAX_SAFE_INTEGER]],
    ['divides towards minus infinity', calc.idiv(calc.value, 2), [3, -4, 4503599627370495]],
    ['gives the rest the sign of the divisor', calc.mod(calc.value, 4), [3, 1, 3]],
    ['gives 0 for a division by zero', calc.idiv(calc.value, calc.sub(1, 1)), [0, 0, 0]],
    ['gives 0 for the rest of one', calc.mod(calc.value, 0), [0, 0, 0]],
    ['takes the smaller, the larger', calc.max(calc.min(calc.value, 3), -5), [3, -5, 3]],
    ['clamps', calc.clamp(calc.value, -2, 9), [7, -2, 9]],
    ['compares', calc.add(calc.mul(calc.lt(calc.value, 0), 10), calc.eq(calc.value, 7)), [1, 10, 0]],
    ['decides', calc.if(calc.field('level'), calc.value, -1), [7, -1, Number.MAX_SAFE_INTEGER]],
    ['looks up in a table, and outside it', calc.table([100, 101, 102], calc.field('level'), -9), [-9, 100, 102]],
    ['finds a text in a list', calc.find(['cyd', 'ada', 'ada'], -1, 'name'), [1, -1, 0]],
    ['reads an element of an array', calc.fieldOf(Hero, 'slots', 1), [2, 4, 6]],
  ])('%s', (_, by, expected) => {
    expect(x(by)).toEqual(expected);
  });

  it('maps an array element by element, and knows its place', () => {
    const by = calc.add(calc.mul(calc.value, 10), calc.index);
    const step = map(Hero, 'slots', { from: array(u8, 2), by });
    expect([mapped(step, 4), mapped(step, 5)]).toEqual([[10, 30, 50], [21, 41, 61]]);
  });

  it('turns text into numbers and numbers into text', () => {
    const byName = component('Hero', { x: i53, level: u16, name: u8, slots: array(u8, 2), foe: eid });
    expect(mapped(map(Hero, 'name', { from: str, to: u8, by: calc.find(['ada', 'bob'], 9) }), 3, layoutOf([byName]))).toEqual([0, 1, 9]);
    const byLevel = component('Hero', { x: i53, level: str, name: str, slots: array(u8, 2), foe: eid });
    const text = calc.text(['none', 'one', 'two'], calc.value, 'many');
    expect(mapped(map(Hero, 'level', { from: u16, to: str, by: text }), 2, layoutOf([byLevel]))).toEqual(['many', 'none', 'two']);
    expect(mapped(map(Hero, 'name', { from: str, by: calc.value }), 3)).toEqual(['ada', 'bob', 'cyd']);
    expect(mapped(map(Hero, 'name', { from: str, by: 'anon' }), 3)).toEqual(['anon', 'anon', 'anon']);
  });

  it('reads every cell as it was before the step, over more rows than are computed at once', () => {
    const rows = 2500;
    const large: WorldImage = { ...image, tables: [{ ...image.tables[0]!, rows, stamps: [1, 1, 1], data: image.tables[0]!.data.map((_, c) => Array.from({ length: rows }, (_row, n) => (c === 3 ? '' : c === 1 ? n : c === 0 ? n + 1 : 1))) }] };
    const result = migrateImage(large, migration({ name: 'm', from: { role: 'r' }, steps: [map(Hero, 'x', { from: i53, by: calc.mul(calc.add(calc.value, calc.field('level')), calc.value) })] }), layout);
    expect(result.tables[0]!.data[1]!.every((cell, n) => cell === (n + 1) * n)).toBe(true);
  });

  it('survives canonical JSON', () => {
    const by = calc.if(calc.lt(calc.value, 5), calc.table([1], calc.index, 0), calc.field('x'));
    expect(JSON.parse(canonicalJson(by))).toEqual(by);
  });
});

describe('an expression that does not fit', () => {
  const reasons = (step: ReturnType<typeof map>) => layoutVerdict(layout, layoutOf([]), [migration({ name: 'm', from: { role: 'r' }, steps: [step] })]).reasons[0];
  const wrong = (by: unknown) => reasons(map('Hero', 'x', { from: i53, by: by as Expression }));

  it.each<[unknown, string]>([
    [calc.field('hp'), 'Hero.x: by: there is no field hp; there are x, level, name, slots, foe'],
    [calc.add(1, calc.field('hp')), 'by.of[1]: there is no field hp'],
    [calc.field('name'), 'by: name holds str, not integers'],
    [calc.field('slots', 2), 'by: slots has 2 values, there is no 2'],
    [calc.find(['a'], 0), 'by: x holds i53, not text'],
    [{ do: 'pow', of: [1, 2] }, 'by: there is no operator pow'],
    [{ do: 'toString', of: [] }, 'by: there is no operator toString'],
    [{ do: 'add', of: [1] }, 'by: add takes 2 values'],
    [1.5, 'by: 1.5 is no integer'],
    [2 ** 53, 'is no integer below 2^53'],
    [null, 'by: is no expression'],
    [{}, 'by: is no expression'],
    [{ get: 'world' }, 'there is nothing called world'],
    [{ table: [1, 'a'], at: 0, else: 0 }, 'by.table: is no list'],
    [{ find: 'text', else: 0 }, 'by.find: is no list'],
    [Array.from({ length: 40 }).reduce<Expression>((inner) => calc.add(inner, 1), 1), 'has at most 1024 parts, 32 deep'],
  ])('%j is refused with its place', (by, reason) => {
    expect(wrong(by)).toContain(reason);
  });

  it('is refused where the type of the field does not allow it', () => {
    expect(reasons(map('Hero', 'name', { from: str, by: 5 as unknown as TextExpression }))).toContain('Hero.name: by: is no text expression');
    expect(reasons(map('Hero', 'level', { from: u16, to: str, by: calc.value }))).toContain('level holds u16, not text');
    expect(reasons(map('Hero', 'x', { from: i32, by: 1 }))).toContain('Hero.x is i53, the step says i32');
    expect(reasons(map('Hero', 'x', { from: i53, to: f64, by: 1 }))).toContain('f64 fields are not mapped');
    expect(reasons(map('Hero', 'x', { from: i53, by: 1, back: calc.field('hp') }))).toContain('Hero.x: back: there is no field hp');
  });
});
