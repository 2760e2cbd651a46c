import { describe, expect, it } from '@jest/globals';
import { array, bool, component, eid, fixed, i16, i32, i53, i8, layoutOf, str, u16, u32, u8, type Field } from '@beamline/ecs';
import { layoutVerdict, migrateImage, migration, reverseMigration, widen, type OnMisfit, type WorldImage } from '../../src/index.ts';

/** One component with one field, its cells per column. */
function worldOf(field: Field, ...columns: (number | string)[][]): WorldImage {
  const names = field.length === 1 ? ['v'] : columns.map((_, n) => `v#${n}`);
  const rows = columns[0]!.length;
  return {
    slot: 4, layout: 'l',
    tables: [{
      name: 'C', rows, stamps: [1], columns: [{ name: '$entity', kind: 'eid' }, ...names.map((name) => ({ name, kind: field.kind }))],
      data: [Array.from({ length: rows }, (_, n) => 100 + n), ...columns],
    }],
  };
}
const step = (from: Field, to: Field, onMisfit?: OnMisfit) =>
  migration({ name: 'w', from: { role: 'r' }, steps: [widen('C', 'v', { from, to, ...(onMisfit && { onMisfit }) })] });
const widened = (from: Field, to: Field, columns: (number | string)[][], onMisfit?: OnMisfit) =>
  migrateImage(worldOf(from, ...columns), step(from, to, onMisfit), layoutOf([component('C', { v: to })])).tables[0]!;
const cells = (...given: Parameters<typeof widened>) => widened(...given).data.slice(1).map((column) => [...column]);

describe('widening', () => {
  it.each<[string, Field, Field, number[]]>([
    ['u8 to u16', u8, u16, [0, 255]], ['u16 to i32', u16, i32, [0, 65_535]], ['i32 to i53', i32, i53, [-(2 ** 31), 2 ** 31 - 1]],
    ['u32 to i53', u32, i53, [0, 2 ** 32 - 1]], ['bool to u8', bool, u8, [0, 1]], ['i8 to i16', i8, i16, [-128, 127]],
  ])('%s keeps every cell, without copying any', (_, from, to, values) => {
    const column = [...values];
    const table = widened(from, to, [column]);
    expect(table.data[1]).toBe(column);
    expect(table.columns[1]).toEqual({ name: 'v', kind: to.kind });
  });

  it('scales to other bits of a fraction', () => {
    expect(cells(fixed(4), fixed(8), [[16, -1, 0]])).toEqual([[256, -16, 0]]);
    expect(cells(u16, fixed(8), [[3, 0]])).toEqual([[768, 0]]);
    expect(cells(fixed(8), fixed(4), [[256, -512]])).toEqual([[16, -32]]);
  });

  it('lengthens arrays with zeros, and single values to arrays', () => {
    expect(cells(array(u8, 2), array(u16, 3), [[1, 2], [3, 4]])).toEqual([[1, 2], [3, 4], [0, 0]]);
    expect(widened(u8, array(u8, 2), [[7]]).columns.map(({ name }) => name)).toEqual(['$entity', 'v#0', 'v#1']);
    expect(cells(array(str, 2), array(str, 3), [['a'], ['b']])).toEqual([['a'], ['b'], ['']]);
    expect(cells(eid, array(eid, 2), [[9]])).toEqual([[9], [0]]);
  });

  it.each<[string, Field, Field, number[][], string]>([
    ['a number out of range', u16, u8, [[3, 300]], 'C.v of entity 101 is 300: u8 holds 0 to 255'],
    ['a negative number', i32, u32, [[-1]], 'C.v of entity 100 is -1: u32 holds 0 to 4294967295'],
    ['a fraction', fixed(8), fixed(4), [[255]], 'C.v of entity 100 is 255: fixed(4) cannot hold its fraction'],
    ['a scaled number out of range', fixed(0), fixed(30), [[2]], 'C.v of entity 100 is 2: fixed(30) holds'],
    ['an element of a shorter array', array(u8, 3), array(u8, 2), [[1], [2], [3]], 'C.v#2 of entity 100 is 3: array(u8, 2) has no room for it'],
  ])('refuses %s, naming the entity', (_, from, to, columns, message) => {
    expect(() => widened(from, to, columns)).toThrow(expect.objectContaining({ code: 'persistence/misfit', message: expect.stringContaining(message) as unknown as string }) as unknown as Error);
  });

  it('takes the nearest value where it was told to', () => {
    expect(cells(u16, u8, [[3, 300]], 'clamp')).toEqual([[3, 255]]);
    expect(cells(i32, u32, [[-5]], 'clamp')).toEqual([[0]]);
    expect(cells(fixed(8), fixed(4), [[255, -255]], 'clamp')).toEqual([[15, -16]]);
    expect(cells(array(u8, 3), array(u8, 2), [[1], [2], [3]], 'clamp')).toEqual([[1], [2]]);
  });

  it('refuses types that have nothing in common, and a type that the field does not have', () => {
    const reasons = (from: Field, to: Field, has = from) => layoutVerdict(layoutOf([component('C', { v: has })]), layoutOf([]), [step(from, to)]).reasons[0];
    expect(reasons(str, u8)).toContain('C.v is str, which cannot be read as u8: map it');
    expect(reasons(eid, u32)).toContain('cannot be read as u32');
    expect(reasons(u8, u16, i32)).toContain('C.v is i32, the step says u8');
  });

  it('comes back where what was written since still fits, and says so where it does not', () => {
    const { migration: back } = reverseMigration(step(u8, u16));
    const narrow = layoutOf([component('C', { v: u8 })]);
    expect([...migrateImage(worldOf(u16, [7, 255]), back!, narrow).tables[0]!.data[1]!]).toEqual([7, 255]);
    expect(() => migrateImage(worldOf(u16, [7, 256]), back!, narrow)).toThrow('C.v of entity 101 is 256');
  });
});
