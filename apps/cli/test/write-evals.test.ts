import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Release } from '@beamline/stack';
import { writeEvals } from '../src/commands/write-evals.ts';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'evals-')); });
afterEach(() => rm(folder, { recursive: true }));

/** A release of one role whose chunk is so long. */
const release = (length: number): Release => ({
  roles: { world: { bundles: { aos: { file: 'world.aos.lua' } } }, plain: { bundles: {} } }, files: { 'world.aos.lua': `return "${'x'.repeat(length)}"` },
}) as unknown as Release;

it('writes parts that fit into a message each, in place of all parts of an earlier build', async () => {
  await mkdir(join(folder, 'out'));
  for (const name of ['world.1-of-9.lua', 'world.9-of-9.lua', 'world.2-of-9.lua.tmp', 'worlds.1-of-2.lua', 'notes.txt']) await writeFile(join(folder, 'out', name), 'older');
  const parts = await writeEvals(folder, 'out', release(200_000));
  expect(parts.length).toBeGreaterThan(2);
  for (const part of parts) expect((await readFile(part, 'utf8')).length).toBeLessThanOrEqual(100 * 1024);
  const names = (await readdir(join(folder, 'out'))).filter((name) => /^world\..*\.lua$/.test(name)).map((name) => join(folder, 'out', name));
  expect(names.sort()).toEqual([...parts].sort());
  expect(await readFile(join(folder, 'out/worlds.1-of-2.lua'), 'utf8')).toBe('older');
  expect(await readFile(join(folder, 'out/notes.txt'), 'utf8')).toBe('older');
});

it('leaves the earlier parts as they are when the new ones cannot all be written', async () => {
  const [before] = await writeEvals(folder, 'out', release(10));
  const kept = await readFile(before!, 'utf8');
  const count = (await writeEvals(await mkdtemp(join(folder, 'other-')), 'out', release(200_000))).length;
  await mkdir(join(folder, 'out', `world.2-of-${count}.lua.tmp`));
  await expect(writeEvals(folder, 'out', release(200_000))).rejects.toThrow();
  expect(await readFile(before!, 'utf8')).toBe(kept);
  expect((await readdir(join(folder, 'out'))).filter((name) => name.endsWith('.lua'))).toEqual(['world.1-of-1.lua']);
});
