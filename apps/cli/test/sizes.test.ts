import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Analysis, SizesBaseline, Stack } from '@beamline/stack';
import { bundle as plain } from './answers.ts';
import { setup } from './setup.ts';

const size = { bytes: 900, gzipBytes: 400, share: 0.9 };
const sizes: Analysis = {
  version: 1, duplicates: [], advice: [],
  roles: {
    world: {
      role: 'world', target: 'lua', entry: 'world.ts', bytes: 1_000, gzipBytes: 450, libraries: [],
      modules: [{ ...size, path: 'src/decay.ts', origin: 'game', why: ['world.ts', 'src/index.ts', 'src/decay.ts'] }],
      parts: [{ ...size, kind: 'system', name: 'rust', module: 'src/decay.ts', line: 7, savedBytes: 950, uses: ['tick'], why: ['world.ts', 'src/decay.ts'] }],
    },
  },
};
const baseline: SizesBaseline = { version: 1, roles: { world: { bytes: 800, gzipBytes: 400, modules: { 'src/decay.ts': 700 }, systems: {}, components: {}, actions: {} } } };
const bundle: Stack['bundle'] = async (options) => ({ ...await plain(options), sizes, baseline });

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'report-')); });
afterEach(() => rm(folder, { recursive: true }));

it('prints a report alone, so that it can be piped', async () => {
  const { out, run } = setup({ bundle });
  expect(await run('bundle', '--report', 'markdown')).toBe(0);
  expect(out.join('\n')).toMatch(/^### Bundle sizes[^]*\| world \| 800 \| 1,000 \| \+200 \(\+25\.0 %\)/);
});

it('writes a report over an earlier one, beside the usual table', async () => {
  const file = join(folder, 'sizes.html');
  await writeFile(file, 'older');
  const { out, run } = setup({ bundle });
  expect(await run('bundle', '--report', 'html', '--out', file)).toBe(0);
  expect(await readFile(file, 'utf8')).toMatch(/^<!doctype html>[^]*arena 1\.0\.0[^]*<h3>Before<\/h3>/);
  expect(out.join('\n')).toMatch(new RegExp(`world +lua[^]*report in ${file}`));
});

it('reports for programs', async () => {
  const { out, run } = setup({ bundle });
  await run('bundle', '--report', 'json');
  expect(JSON.parse(out.join(''))).toEqual({ ...sizes, baseline });
  const nested = setup({ bundle });
  await nested.run('bundle', '--report', 'json', '--json');
  expect(nested.json()).toMatchObject({ report: { format: 'json', text: expect.stringContaining('"version": 1') } });
});

it.each([
  [['--report', 'pdf'], 'Reports are json, markdown, html.'],
  [['--out', 'a.html'], 'Add --report'],
])('refuses %j before anything is built', async (flags, say) => {
  const { calls, err, run } = setup({ bundle });
  expect(await run('bundle', ...flags)).toBe(2);
  expect(err.join('\n')).toContain(say);
  expect(calls.some((call) => call.startsWith('bundle'))).toBe(false);
});

it('says why a module or a system is there', async () => {
  const { calls, out, run } = setup({ sizes: async () => sizes });
  expect(await run('why', 'world', 'decay.ts')).toBe(0);
  expect(calls).toContain('sizes {"roles":["world"]}');
  expect(out.join('\n')).toBe('src/decay.ts: 900 bytes, 90.0 % of world, 400 gzipped\nworld.ts\n  └ src/index.ts\n    └ src/decay.ts');
  const system = setup({ sizes: async () => sizes });
  await system.run('why', 'world', 'rust', '--json');
  expect(system.json()).toMatchObject({ role: 'world', kind: 'system', savedBytes: 950, why: ['world.ts', 'src/decay.ts'] });
});

it('says that something is not there', async () => {
  const { err, run } = setup({ sizes: async () => sizes });
  expect(await run('why', 'world', 'dekay')).toBe(1);
  expect(err.join('\n')).toContain('bundler/not-in-role');
});
