import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { makeData, tableText } from '../tools/make-data.ts';

const folder = new URL('../src/data/', import.meta.url);
const data = makeData();

it('holds exactly what the script makes from its seed', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(data).map((name) => `${name}.json`).sort());
  for (const [name, table] of Object.entries(data)) expect(readFileSync(new URL(`${name}.json`, folder), 'utf8')).toBe(tableText(table));
});

it('has 1,000 items and 200 monsters in flat columns', () => {
  for (const [name, table] of Object.entries(data)) {
    expect(table).toHaveLength(name.startsWith('item') ? 1000 : 200);
    for (const cell of table) expect(typeof cell === 'string' || Number.isSafeInteger(cell)).toBe(true);
  }
});

it('names everything once', () => {
  for (const name of ['item-name', 'monster-name']) expect(new Set(data[name]).size).toBe(data[name]!.length);
});
