import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createNameFile } from '@beamline/ao/legacynet';

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'beamline-names-'));
  path = join(dir, 'names.json');
});
afterEach(() => rm(dir, { recursive: true }));

it('keeps names over restarts, moves them, and finds nothing else', async () => {
  const names = createNameFile(path);
  expect(await names.get('arena')).toBeUndefined();
  await names.set('arena', 'blue');
  await names.set('arena', 'green');
  expect(await createNameFile(path).get('arena')).toBe('green');
  expect(await names.get('constructor')).toBeUndefined();
});

it('loses no name of many that are set at once, and leaves nothing but the file', async () => {
  const names = createNameFile(path);
  const all = Array.from({ length: 20 }, (_, i) => `role-${i}`);
  await Promise.all(all.map((name) => names.set(name, `${name}!`)));
  expect(await Promise.all(all.map((name) => names.get(name)))).toEqual(all.map((name) => `${name}!`));
  expect(await readdir(dir)).toEqual(['names.json']);
});

it.each(['', '{', '[]', 'null', '{"version":2,"names":{}}', '{"version":1}'])('refuses a file that holds %j, and does not write over it', async (text) => {
  await writeFile(path, text);
  const names = createNameFile(path);
  await expect(names.get('arena')).rejects.toMatchObject({ code: 'ao/bad-names' });
  await expect(names.set('arena', 'blue')).rejects.toMatchObject({ code: 'ao/bad-names' });
  expect(await readFile(path, 'utf8')).toBe(text);
});
