import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buildDashboard } from '../src/index.ts';

let dir: string;
beforeAll(async () => { dir = await mkdtemp(join(tmpdir(), 'dashboard-')); });
afterAll(() => rm(dir, { recursive: true }));

it('builds once, however many ask at the same time, and leaves no drafts', async () => {
  const [first, second] = await Promise.all([buildDashboard({ dir }), buildDashboard({ dir })]);
  expect(second).toBe(first);
  expect(await buildDashboard({ dir })).toBe(first);
  expect(await readdir(dir)).toHaveLength(1);
});

it('makes a page that loads nothing from elsewhere', async () => {
  const site = await buildDashboard({ dir });
  const files = (await readdir(site, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThanOrEqual(4);
  for (const { parentPath, name } of files) {
    const text = await readFile(join(parentPath, name), 'utf8');
    expect(text.match(/(?:src|href)="https?:|@import|url\(["']?https?:/g) ?? []).toEqual([]);
  }
});
