import { describe, expect, it } from '@jest/globals';
import {
  appendRow, attachTable, createWorld, findRow, getCell, PAGE_ROWS, pageCount, pageDigest, removeRow, setCell, type FieldKind,
} from '@beamline/ecs';

const columns = [{ name: 'who', kind: 'str' as const }, { name: 'sum', kind: 'i16' as const }];

function table() {
  return attachTable(createWorld([]), '$ledger', columns);
}

it('moves the last row into the gap that a removed row leaves', () => {
  const ledger = table();
  for (const [i, who] of ['a', 'b', 'c'].entries()) appendRow(ledger, [who, i]);
  removeRow(ledger, 0);
  expect([getCell(ledger, 0, 0), getCell(ledger, 1, 0), ledger.count]).toEqual(['c', 'b', 2]);
});

it('blanks cells beyond the last row, so that removed text does not stay in memory', () => {
  const ledger = table();
  appendRow(ledger, ['gone', 7]);
  removeRow(ledger, 0);
  expect(ledger.data).toEqual([[''], [0]]);
});

it('appends blank rows when no values are given', () => {
  const ledger = table();
  const row = appendRow(ledger);
  expect([getCell(ledger, row, 0), getCell(ledger, row, 1)]).toEqual(['', 0]);
});

it('refuses rows that do not exist', () => {
  const ledger = table();
  expect(() => getCell(ledger, 0, 0)).toThrow(/^ecs\/no-row: \$ledger\[0\] of 0/);
  expect(() => removeRow(ledger, -1)).toThrow(/^ecs\/no-row/);
  expect(() => setCell(ledger, 3, 0, 'x')).toThrow(/^ecs\/no-row/);
});

it('refuses two tables of one name', () => {
  const world = createWorld([]);
  attachTable(world, '$a', columns);
  expect(() => attachTable(world, '$a', columns)).toThrow(/^ecs\/duplicate-component/);
});

const ranges: Record<Exclude<FieldKind, 'str' | 'f64'>, [number, number]> = {
  u8: [0, 255], i8: [-128, 127], u16: [0, 65535], i16: [-32768, 32767], u32: [0, 4294967295], eid: [0, 4294967295],
  i32: [-2147483648, 2147483647], i53: [-9007199254740991, 9007199254740991], bool: [0, 1],
};

describe.each(Object.entries(ranges))('a column of %s', (kind, [min, max]) => {
  const cell = attachTable(createWorld([]), '$t', [{ name: 'v', kind: kind as FieldKind }]);
  appendRow(cell);
  it('holds both ends of its range', () => {
    for (const value of [min, max]) {
      setCell(cell, 0, 0, value);
      expect(getCell(cell, 0, 0)).toBe(value);
    }
  });
  it.each([min - 1, max + 1, 0.5, NaN, Infinity, '1', undefined, true])('refuses %p', (value) => {
    expect(() => setCell(cell, 0, 0, value as number)).toThrow(/^ecs\/out-of-range: \$t\.v/);
  });
});

it('stores no negative zero: Lua has none', () => {
  const ledger = table();
  appendRow(ledger, ['a', -0]);
  expect(Object.is(getCell(ledger, 0, 1), 0)).toBe(true);
});

it('refuses text that UTF-8 cannot write', () => {
  expect(() => appendRow(table(), ['\ud800', 0])).toThrow(/^ecs\/out-of-range/);
});

describe('change tracking', () => {
  it('stamps exactly the pages written, with the slot of the write', () => {
    const ledger = table();
    for (let i = 0; i < PAGE_ROWS + 1; i++) appendRow(ledger, ['a', 0]);
    ledger.world.slot = 7;
    setCell(ledger, PAGE_ROWS, 1, 5);
    expect(ledger.stamps).toEqual([0, 7]);
    ledger.world.slot = 8;
    removeRow(ledger, 3);
    expect(ledger.stamps[0]).toBe(8);
    expect(pageCount(ledger)).toBe(1);
  });

  it('does not stamp a write of the value that is there', () => {
    const ledger = table();
    appendRow(ledger, ['a', 3]);
    ledger.world.slot = 7;
    setCell(ledger, 0, 1, 3);
    expect(ledger.stamps).toEqual([0]);
  });

  it('gives another digest after any change and the old one when it is undone', () => {
    const ledger = table();
    appendRow(ledger, ['a', 3]);
    const before = pageDigest(ledger, 0);
    setCell(ledger, 0, 1, 4);
    expect(pageDigest(ledger, 0)).not.toBe(before);
    setCell(ledger, 0, 1, 3);
    expect(pageDigest(ledger, 0)).toBe(before);
    expect(() => pageDigest(ledger, 1)).toThrow(/^ecs\/no-page/);
  });
});

describe('findRow', () => {
  it('finds the lowest of several equal rows, also after the lowest changes or goes', () => {
    const ledger = table();
    for (const who of ['x', 'a', 'b', 'a', 'a']) appendRow(ledger, [who, 0]);
    expect(findRow(ledger, 0, 'a')).toBe(1);
    setCell(ledger, 1, 0, 'c');
    expect(findRow(ledger, 0, 'a')).toBe(3);
    removeRow(ledger, 0);
    expect(findRow(ledger, 0, 'a')).toBe(0);
    removeRow(ledger, 0);
    removeRow(ledger, findRow(ledger, 0, 'a'));
    expect(findRow(ledger, 0, 'a')).toBe(-1);
  });

  it('is safe for any text', () => {
    const ledger = table();
    expect(findRow(ledger, 0, '__proto__')).toBe(-1);
    appendRow(ledger, ['__proto__', 0]);
    expect(findRow(ledger, 0, '__proto__')).toBe(0);
    expect(findRow(ledger, 0, 'constructor')).toBe(-1);
  });
});
