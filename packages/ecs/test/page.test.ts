import { describe, expect, it } from '@jest/globals';
import {
  afterLoad, createWorld, decodePageBytes, imageDigest, loadPageText, pageBytes, pageCount, pageDigest, pageImageDigest, pageImageText,
  pageText, parsePage, query, resizeTable, worldDigest, attachTable, appendRow, type Column, type TableImage, type World,
} from '@beamline/ecs';
import { components, Health, Position } from './golden/components.ts';
import { createDrill, operate } from './golden/operations.ts';

const drill = createDrill(11);
operate(drill, 6000);

function imagesOf(world: World): TableImage[] {
  return world.tables.map((table) => ({
    name: table.name,
    columns: table.columns,
    rows: table.count,
    pages: Array.from({ length: pageCount(table) }, (_, page) => parsePage(table.columns, pageText(table, page))),
  }));
}

function copyOf(world: World): World {
  const copy = createWorld(components);
  for (const table of world.tables) {
    const twin = copy.byName[table.name] ?? attachTable(copy, table.name, table.columns);
    resizeTable(twin, table.count);
    for (let page = 0; page < pageCount(table); page++) loadPageText(twin, page, pageText(table, page));
  }
  afterLoad(copy);
  return copy;
}

it('gives the same digest inside and outside', () => {
  const images = imagesOf(drill.world);
  expect(imageDigest(images)).toBe(worldDigest(drill.world));
  const { columns, pages } = images.find(({ name }) => name === 'Name')!;
  expect(pageImageDigest(columns, pages[0]!)).toBe(pageDigest(drill.world.byName['Name']!, 0));
});

it('comes back exactly through text and through bytes', () => {
  for (const { columns, pages } of imagesOf(drill.world)) {
    for (const page of pages) {
      expect(decodePageBytes(columns, pageBytes(columns, page))).toEqual(page);
      expect(parsePage(columns, pageImageText(columns, page))).toEqual(page);
    }
  }
});

it('restores a world that answers as the first did', () => {
  const copy = copyOf(drill.world);
  expect(worldDigest(copy)).toBe(worldDigest(drill.world));
  expect(query(copy, [Position, Health])).toEqual(query(drill.world, [Position, Health]));
});

it('replaces what a world held before', () => {
  const copy = copyOf(drill.world);
  const small = createWorld(components, { seed: 1 });
  for (const table of copy.tables) {
    const source = small.byName[table.name];
    resizeTable(table, source?.count ?? 0);
    for (let page = 0; source && page < pageCount(source); page++) loadPageText(table, page, pageText(source, page));
  }
  afterLoad(copy);
  expect(query(copy, [Position])).toEqual([]);
});

describe('page text', () => {
  const columns: Column[] = [{ name: 'n', kind: 'i16' }, { name: 't', kind: 'str' }];
  const table = attachTable(createWorld([]), '$t', columns);
  appendRow(table, [-3, 'a,b;c|d%']);
  appendRow(table, [7, '\u00e9 ~']);

  it('is ASCII with escapes', () => {
    expect(pageText(table, 0)).toBe('-3,7;a%2Cb%3Bc%7Cd%25,%C3%A9 ~');
  });

  it.each([
    ['a column too few', '-3,7'], ['a column too many', '1,2;a,b;3,4'], ['a row too few', '1;a'], ['unequal columns', '1,2;a'],
    ['a fraction', '1.5,2;a,b'], ['an exponent', '1e1,2;a,b'], ['a leading zero', '01,2;a,b'], ['negative zero', '-0,2;a,b'],
    ['a space', ' 1,2;a,b'], ['hexadecimal', '0x1,2;a,b'], ['nothing', ',2;a,b'], ['a number out of range', '40000,2;a,b'],
    ['a lower-case escape', '1,2;%c3%a9,b'], ['a needless escape', '1,2;%41,b'], ['half an escape', '1,2;%4,b'],
    ['a byte that should be escaped', '1,2;\u00e9,b'], ['bytes that are not UTF-8', '1,2;%FF,b'], ['a surrogate', '1,2;%ED%A0%80,b'],
  ])('with %s is refused and changes nothing', (_, text) => {
    const before = pageText(table, 0);
    expect(() => loadPageText(table, 0, text)).toThrow(/^ecs\/(bad-page|out-of-range): /);
    expect(pageText(table, 0)).toBe(before);
    if (!/^1;a$/.test(text)) expect(() => parsePage(columns, text)).toThrow(/^ecs\/bad-page: /);
  });

  it('of a page that is not there is refused', () => {
    expect(() => pageText(table, 1)).toThrow(/^ecs\/no-page/);
    expect(() => loadPageText(table, 1, '1;a')).toThrow(/^ecs\/bad-page/);
  });
});

describe('page bytes', () => {
  const columns: Column[] = [{ name: 'a', kind: 'i53' }, { name: 'b', kind: 'u16' }, { name: 't', kind: 'str' }, { name: 'c', kind: 'bool' }];
  const bytes = pageBytes(columns, { rows: 2, columns: [[-1, 2 ** 53 - 1], [258, 0], ['\u00e9', 'z'], [1, 0]] });

  it('are little-endian, column by column', () => {
    expect(Buffer.from(bytes).toString('hex')).toBe(
      '02000000' + 'ffffffffffffffff' + 'ffffffffffff1f00' + '0201' + '0000' + '0200000001000000' + 'c3a97a' + '0100',
    );
  });

  it('are refused when cut short or too long', () => {
    for (let size = 0; size < bytes.length; size++) expect(() => decodePageBytes(columns, bytes.subarray(0, size))).toThrow();
    expect(() => decodePageBytes(columns, Uint8Array.of(...bytes, 0))).toThrow(/^ecs\/bad-page: 1 bytes follow/);
  });

  it('are refused when a value is out of range or not UTF-8', () => {
    const flag = bytes.slice();
    flag[flag.length - 1] = 2;
    expect(() => decodePageBytes(columns, flag)).toThrow(/^ecs\/bad-page: c holds 2/);
    const text = bytes.slice();
    text[32] = 0xff;
    expect(() => decodePageBytes(columns, text)).toThrow(/not UTF-8/);
  });
});

describe('loading a world', () => {
  it.each([
    ['names a dead entity', 'Position', '1048600'],
    ['counts its entities wrongly', '$world', '0;0;9;0;0;0;0'],
  ])('that %s is refused', (_, name, cell) => {
    const world = createWorld(components);
    const table = world.byName[name]!;
    resizeTable(table, 1);
    loadPageText(table, 0, name === 'Position' ? `${cell};0;0` : cell);
    expect(() => afterLoad(world)).toThrow(/^ecs\/bad-world/);
  });

  it('that names an entity twice is refused', () => {
    const world = copyOf(drill.world);
    const table = world.byName['Position']!;
    const [entity] = table.data[0]!;
    resizeTable(table, 2);
    loadPageText(table, 0, `${entity},${entity};0,0;0,0`);
    expect(() => afterLoad(world)).toThrow(/twice/);
  });
});
