import { describe, expect, it } from '@jest/globals';
import type { Column } from '@beamline/ecs';
import { pageBytes } from '@beamline/ecs';
import {
  columnSource, createColumnTable, createMemoryStore, createSnapshotter, imageRoot, readColumns, readImage, setRows, touch, type ColumnWorld,
} from '../../src/index.ts';
import { writePage, pageSize } from '../../src/columns/write-page.ts';
import { readPage } from '../../src/columns/read-page.ts';
import { cellsOf, type ColumnCells } from '../../src/columns/column-world.ts';
import { describeColumnSource } from '../../src/testing.ts';

const COLUMNS: readonly Column[] = [
  { name: '$entity', kind: 'eid' }, { name: 'a', kind: 'u8' }, { name: 'b', kind: 'i8' }, { name: 'c', kind: 'u16' }, { name: 'd', kind: 'i16' },
  { name: 'e', kind: 'u32' }, { name: 'f', kind: 'i32' }, { name: 'g', kind: 'i53' }, { name: 'h', kind: 'f64' }, { name: 'i', kind: 'bool' },
  { name: 'j', kind: 'str' },
];
const EXTREMES: readonly (readonly (number | string)[])[] = [
  [0, 4294967295, 7], [0, 255, 1], [-128, 127, 0], [0, 65535, 1], [-32768, 32767, 0], [0, 4294967295, 1], [-2147483648, 2147483647, 0],
  [-9007199254740991, 9007199254740991, -1], [-0.5, 1e300, 5e-324], [0, 1, 1], ['', 'plain', 'zażółć 🎲'],
];

function columnsHolding(values: readonly (readonly (number | string)[])[]): ColumnCells[] {
  return values.map((cells, c) => {
    const column = cellsOf(COLUMNS[c]!.kind, cells.length);
    for (const [row, cell] of cells.entries()) column[row] = cell as never;
    return column;
  });
}

function sampleColumns(rows = 3_000): ColumnWorld {
  const world: ColumnWorld = {
    slot: 5, layout: 'sample',
    tables: [createColumnTable('All', COLUMNS, rows), createColumnTable('Empty', COLUMNS), createColumnTable('Owner', [COLUMNS[0]!, COLUMNS[5]!], rows)],
  };
  for (const table of world.tables) {
    for (const [c, cells] of table.data.entries()) {
      for (let row = 0; row < table.rows; row += 1) cells[row] = EXTREMES[c]![(row * 7 + c) % 3] as never;
    }
    table.stamps.fill(5);
  }
  return world;
}

describeColumnSource('typed columns', () => {
  const world = sampleColumns();
  const { tables } = world;
  return {
    source: columnSource(world),
    change(n) {
      world.slot += 1;
      tables[2]!.data[1]![n] = world.slot * 31;
      touch(tables[2]!, n, world.slot);
    },
    grow() {
      world.slot += 1;
      for (const table of tables) setRows(table, table.rows + 1_000, world.slot);
      world.slot += 1;
      setRows(tables[0]!, 2_900, world.slot);
    },
    load: columnSource,
  };
});

describe('a page of typed columns', () => {
  it('is the canonical page of the same cells, and reads back', () => {
    const cells = columnsHolding(EXTREMES);
    const bytes = Buffer.alloc(pageSize(COLUMNS, cells, 3));
    writePage(bytes, COLUMNS, cells, 3, 'All', 0);
    expect(new Uint8Array(bytes)).toEqual(pageBytes(COLUMNS, { rows: 3, columns: EXTREMES }));
    const back = COLUMNS.map(({ kind }) => cellsOf(kind, 5));
    readPage(bytes, COLUMNS, back, 2, 3);
    for (const [c, column] of back.entries()) expect([...column.slice(2)]).toEqual(EXTREMES[c]);
  });

  it.each([['i', 2], ['h', NaN], ['h', Infinity], ['g', 2 ** 53], ['g', 0.5], ['j', '\ud800']])('refuses %s = %p, which no page can hold', (name, value) => {
    const cells = columnsHolding(EXTREMES);
    cells[COLUMNS.findIndex((column) => column.name === name)]![1] = value as never;
    const write = () => writePage(Buffer.alloc(1_000), COLUMNS, cells, 3, 'All', 1024);
    expect(write).toThrow(expect.objectContaining({ code: 'persistence/bad-cell', details: { table: 'All', column: name, row: 1025 } }) as unknown as Error);
  });

  it('has one form for zero', () => {
    const columns: Column[] = [{ name: 'h', kind: 'f64' }];
    const [a, b] = [Buffer.alloc(12), Buffer.alloc(12)];
    writePage(a, columns, [Float64Array.of(0)], 1, 'T', 0);
    writePage(b, columns, [Float64Array.of(-0)], 1, 'T', 0);
    expect(a.equals(b)).toBe(true);
  });

  it('is refused when cut or lengthened anywhere, and when its cells are none of their kind', () => {
    const cells = columnsHolding(EXTREMES);
    const bytes = Buffer.alloc(pageSize(COLUMNS, cells, 3));
    writePage(bytes, COLUMNS, cells, 3, 'All', 0);
    const read = (page: Uint8Array) => () => readPage(page, COLUMNS, COLUMNS.map(({ kind }) => cellsOf(kind, 3)), 0, 3);
    for (let length = 0; length < bytes.length; length += 1) expect(read(bytes.subarray(0, length))).toThrow(RangeError);
    expect(read(Buffer.concat([bytes, Buffer.of(0)]))).toThrow(RangeError);
    const wrong = Buffer.from(bytes);
    wrong.fill(0xff, wrong.length - 10); // text that is no UTF-8
    expect(read(wrong)).toThrow();
  });
});

describe('a snapshot of typed columns', () => {
  const take = async (world: ColumnWorld, store = createMemoryStore()) => {
    const receipt = await createSnapshotter({ source: columnSource(world), store, game: 'g', role: 'r', process: 'p' }).snapshot();
    return { store, ...receipt };
  };

  it('has the root that the same world has as an image', async () => {
    const { store, ref, root } = await take(sampleColumns());
    expect(imageRoot(await readImage(store, ref))).toBe(root);
  });

  it('reads only pages with a later stamp', async () => {
    const world = sampleColumns();
    const taker = createSnapshotter({ source: columnSource(world), store: createMemoryStore(), game: 'g', role: 'r', process: 'p' });
    const { pages } = await taker.snapshot();
    world.slot += 1;
    touch(world.tables[0]!, 2_000, world.slot);
    expect(await taker.snapshot()).toMatchObject({ pages, pagesReused: pages - 1, slot: 6 });
  });

  it('names the page and table that a store lost', async () => {
    const { store, ref } = await take(sampleColumns());
    const { tables } = await readColumns(store, ref);
    expect(tables[0]!.rows).toBe(3_000);
    const torn = { ...store, getPage: async (id: string) => (await store.getPage(id)).length > 20_000 ? Promise.reject(new Error('gone')) : store.getPage(id) };
    await expect(readColumns(torn, ref)).rejects.toMatchObject({ code: 'persistence/manifest-damaged', details: { table: 'All', number: 0, slot: 5 } });
  });

  it('goes on from the last good one after a put failed, and refuses to run twice at once', async () => {
    const world = sampleColumns();
    const store = createMemoryStore();
    let broken = false;
    const flaky = { ...store, putPages: async (pages: Parameters<typeof store.putPages>[0]) => (broken ? Promise.reject(new Error('broken')) : store.putPages(pages)) };
    const taker = createSnapshotter({ source: columnSource(world), store: flaky, game: 'g', role: 'r', process: 'p' });
    await taker.snapshot();
    broken = true;
    world.slot += 1;
    world.tables[0]!.data[5]![10] = 1234;
    touch(world.tables[0]!, 10, world.slot);
    const [first, second] = await Promise.allSettled([taker.snapshot(), taker.snapshot()]);
    expect(first).toMatchObject({ reason: { message: 'broken' } });
    expect(second).toMatchObject({ reason: { code: 'persistence/busy' } });
    broken = false;
    const { ref, root } = await taker.snapshot();
    expect((await readColumns(store, ref)).tables[0]!.data[5]![10]).toBe(1234);
    expect(root).toBe((await take(world)).root);
  });
});

describe('a table of typed columns', () => {
  it('grows and shrinks, and comes back blank where it shrank', () => {
    const table = createColumnTable('T', [{ name: 'a', kind: 'u16' }, { name: 't', kind: 'str' }], 2);
    table.data[0]![1] = 9;
    table.data[1]![1] = 'nine';
    setRows(table, 1_500, 3);
    expect([table.data[0]![1], table.data[1]![1], table.data[1]![1_499], table.stamps]).toEqual([9, 'nine', '', [3, 3]]);
    setRows(table, 1, 4);
    expect(table.stamps).toEqual([4]);
    setRows(table, 2, 5);
    expect([table.data[0]![1], table.data[1]![1]]).toEqual([0, '']);
  });
});
