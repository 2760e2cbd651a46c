import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createCommandLine, type CommandLine } from './cli-game/command-line.ts';

let folder: string;
let cli: CommandLine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-sizes-'));
  cli = createCommandLine(join(folder, 'state'));
});
afterAll(async () => {
  await cli.close();
  await rm(folder, { recursive: true });
});

it('tells where the bytes of a game are, and why', async () => {
  const file = join(folder, 'sizes.json');
  const { exit, result } = await cli.beamline('bundle', '--report', 'json', '--out', file);
  expect({ exit, report: result.report }).toEqual({ exit: 0, report: { format: 'json', file } });
  const { roles } = JSON.parse(await readFile(file, 'utf8'));
  expect(roles.board.bytes).toBe(result.bundles[0].bytes);
  expect(roles.board.modules.reduce((sum: number, { bytes }: { bytes: number }) => sum + bytes, 0)).toBe(result.bundles[0].bytes);
  expect(roles.board.rawBytes).toBeGreaterThan(roles.board.bytes);
  expect(await readdir(folder)).toEqual(['sizes.json', 'state']);

  const { result: score } = await cli.beamline('why', 'board', 'score.ts');
  expect(score).toMatchObject({ role: 'board', path: 'score.ts', origin: 'game', why: ['v1.ts', 'score.ts'], bytes: roles.board.modules.find(({ path }: { path: string }) => path === 'score.ts').bytes });
  const { result: action } = await cli.beamline('why', 'board', 'Add');
  expect(action).toMatchObject({ kind: 'action', module: 'score.ts', why: ['v1.ts', 'score.ts'] });
  const { exit: failed, err } = await cli.beamline('why', 'board', 'nothing');
  expect([failed, err]).toEqual([1, expect.stringContaining('bundler/not-in-role')]);
}, 240_000);
