import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { loadConfig } from '../src/load-config.ts';

let root: string;
beforeEach(async () => { root = await mkdtemp(join(tmpdir(), 'config-')); });
afterEach(() => rm(root, { recursive: true }));

const source = `
export default {
  game: 'arena', version: '1.0.0',
  roles: { world: { entry: './world.ts' } },
  environments: { local: { network: { kind: 'local' } } },
};`;

it('imports a TypeScript config and says where its paths start', async () => {
  await writeFile(join(root, 'beamline.config.ts'), source);
  expect(await loadConfig('beamline.config.ts', root)).toMatchObject({ root, config: { game: 'arena' } });
});

it('reports a missing file by code and says what to do', async () => {
  await expect(loadConfig('nothing.ts', root)).rejects.toMatchObject({ code: 'stack/no-config', hint: expect.stringContaining('--config') });
});

it('reports a file that throws by code', async () => {
  await writeFile(join(root, 'broken.config.ts'), 'throw new Error("no such thing");');
  await expect(loadConfig('broken.config.ts', root)).rejects.toMatchObject({ code: 'stack/config-failed', message: expect.stringContaining('no such thing') });
});

it('refuses a file without a default export', async () => {
  await writeFile(join(root, 'empty.config.ts'), 'export const nothing = 1;');
  await expect(loadConfig('empty.config.ts', root)).rejects.toMatchObject({ code: 'stack/bad-config' });
});
