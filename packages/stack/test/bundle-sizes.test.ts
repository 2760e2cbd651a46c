import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { SizesBaseline } from '@beamline/bundler/analysis';
import type { BeamlineConfig } from '../src/config.ts';
import { createStack } from '../src/create-stack.ts';

const root = fileURLToPath(new URL('../../../test/cli-game', import.meta.url));
let state: string;
beforeEach(async () => { state = await mkdtemp(join(tmpdir(), 'sizes-')); });
afterEach(() => rm(state, { recursive: true }));

const sizesFile = () => join(state, 'sizes.lock.json');
const game = (budgets: BeamlineConfig['budgets'] = {}) => createStack({
  game: 'scores', version: '1.0.0', roles: { board: { entry: 'v1.ts' } }, environments: { local: { network: { kind: 'local' } } },
  lock: join(state, 'world.lock'), budgets: { baseline: sizesFile(), ...budgets },
}, { root, state });
/** All but what was built, which is remembered whatever came of it. */
const kept = async () => (await readdir(state)).filter((name) => name !== 'cache');
const accepted = async () => JSON.parse(await readFile(sizesFile(), 'utf8')) as SizesBaseline;

it('accepts sizes, lets the same ones pass, and refuses growth without leaving a release', async () => {
  const { sizes } = await game().bundle({ acceptSizes: true });
  expect(sizes?.roles['board']).toMatchObject({ components: [{ name: 'Score', codeBytes: expect.any(Number), pageRowBytes: expect.any(Number) }], encoderBytes: expect.any(Number) });
  const first = await accepted();
  expect(first.roles['board']).toMatchObject({ bytes: sizes?.roles['board']?.bytes, actions: { Add: expect.any(Number) } });
  const budgets = { roles: { board: { maxGrowthPercent: 0.5 } } };
  expect((await game(budgets).bundle()).baseline).toEqual(first);

  // As if `score.ts` had been nothing before.
  const board = first.roles['board']!;
  const grownBy = board.modules['score.ts']!;
  await writeFile(sizesFile(), JSON.stringify({ ...first, roles: { board: { ...board, bytes: board.bytes - grownBy, modules: { ...board.modules, 'score.ts': 0 } } } }));
  await rm(join(state, 'releases'), { recursive: true });
  await rm(join(state, 'world.lock'));
  await expect(game(budgets).bundle()).rejects.toMatchObject({ code: 'bundler/grew', message: expect.stringContaining(`+${grownBy} score.ts, because of v1.ts → score.ts`) });
  expect(await kept()).toEqual(['sizes.lock.json']);
  await game(budgets).bundle({ acceptSizes: true });
  expect(await accepted()).toEqual(first);
}, 240_000);

it('refuses a role and an action’s module over their budgets, even where sizes are accepted', async () => {
  await expect(game({ roles: { board: { maxBytes: 20_000 } }, modules: { 'score.ts': { maxBytes: 10 } } }).bundle({ acceptSizes: true }))
    .rejects.toMatchObject({ code: 'bundler/over-budget', message: expect.stringMatching(/^board: \d+ bytes.*\nscore\.ts in board: \d+ bytes.*\nlargest in board:/) });
  expect(await kept()).toEqual([]);
}, 120_000);

it('warns that nothing measures growth yet, and refuses a file of sizes that it does not know', async () => {
  const budgets = { roles: { board: { maxGrowthPercent: 1 } } };
  expect((await game(budgets).bundle()).warnings).toContainEqual(expect.stringMatching(/^budgets\.roles\.board: no growth is measured before beamline bundle --accept-sizes/));
  await writeFile(sizesFile(), '{"version":7}');
  await expect(game(budgets).bundle()).rejects.toMatchObject({ code: 'bundler/bad-sizes' });
  await expect(game().bundle({ baseline: join(state, 'nowhere.json') })).rejects.toMatchObject({ code: 'bundler/bad-sizes', message: expect.stringContaining('nowhere.json') });
}, 240_000);

it('analyses roles without keeping anything', async () => {
  const { roles } = await game().sizes({ roles: ['board'], readable: true });
  expect(roles['board']?.rawBytes).toBeGreaterThan(roles['board']?.bytes ?? Infinity);
  expect(await readdir(state)).toEqual([]);
  await expect(game().sizes({ roles: ['moon'] })).rejects.toMatchObject({ code: 'stack/unknown-role' });
}, 120_000);
