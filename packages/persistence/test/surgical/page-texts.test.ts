import { expect, it } from '@jest/globals';
import type { TableImage, WorldImage } from '../../src/index.ts';
import { earlyPages, latePages } from '../../src/surgical/page-texts.ts';

const table = (rows: number, cell: (row: number) => number = (row) => row): TableImage => ({
  name: 'C', rows, columns: [{ name: '$entity', kind: 'eid' }, { name: 'v', kind: 'u32' }], stamps: [],
  data: [Array.from({ length: rows }, (_, row) => row + 1), Array.from({ length: rows }, (_, row) => cell(row))],
});
const world = (...tables: TableImage[]): WorldImage => ({ slot: 1, layout: 'l', tables });
const numbers = (pages: readonly { page: number }[] | undefined) => pages?.map(({ page }) => page);

it('stages full pages early: the last one grows while players play', () => {
  expect(numbers(earlyPages(world(table(2500))))).toEqual([0, 1]);
  expect(numbers(earlyPages(world(table(2048))))).toEqual([0, 1]);
  expect(numbers(earlyPages(world(table(0))))).toEqual([]);
});

it('adds at the fence what was not staged or has changed', () => {
  const draft = world(table(2500));
  expect(numbers(latePages(draft, draft))).toEqual([2]);
  expect(numbers(latePages(world(table(3100)), draft))).toEqual([2, 3]);
  expect(numbers(latePages(world(table(2500, (row) => (row === 1030 ? 7 : row))), draft))).toEqual([1, 2]);
  expect(numbers(latePages(world(table(2048)), draft))).toEqual([]);
  expect(numbers(latePages(draft, world()))).toEqual([0, 1, 2]);
});

it('gives up what was staged when the world has become too small for it', () => {
  expect(latePages(world(table(2047)), world(table(2500)))).toBeUndefined();
  expect(latePages(world(table(0)), world(table(1024)))).toBeUndefined();
});
