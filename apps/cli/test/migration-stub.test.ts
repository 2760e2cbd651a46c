import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { setup } from './setup.ts';

const change = { path: 'Hero.hp', what: 'retyped', verdict: 'NEEDS-MIGRATION', why: 'u16 becomes u8: values may not fit', do: '' } as const;
const draft = { id: 3, role: 'world', source: 'export const world3 = 1;\n', changes: [change] };

it('prints the draft with what it is for', async () => {
  const { calls, out, run } = setup({ draftMigrations: async () => [draft] });
  expect(await run('migration', 'stub', '--role', 'world')).toBe(0);
  expect(calls).toContain('draftMigrations {"role":"world"}');
  expect(out.join('\n')).toContain('// world: Hero.hp retyped (NEEDS-MIGRATION): u16 becomes u8: values may not fit');
  expect(out.join('\n')).toContain('export const world3');
});

it('says when there is nothing to migrate', async () => {
  const { out, json, run } = setup({ draftMigrations: async () => [] });
  expect(await run('migration', 'stub')).toBe(0);
  expect(out.join()).toContain('no layout changed');
  out.length = 0;
  await run('migration', 'stub', '--json');
  expect(json()).toEqual({ migrations: [] });
});

it('writes one file each, and never over another', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stub-'));
  const { err, run } = setup({ draftMigrations: async () => [draft] });
  expect(await run('migration', 'stub', '--out', folder)).toBe(0);
  expect(await readFile(join(folder, 'world-3.ts'), 'utf8')).toBe(draft.source);
  expect(await run('migration', 'stub', '--out', folder)).toBe(1);
  expect(err.join('\n')).toContain('cli/file-exists');
  await rm(folder, { recursive: true });
});
