import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Migration } from '@beamline/persistence';
import type { BeamlineConfig } from '../src/config.ts';
import { createStack } from '../src/create-stack.ts';
import { loadConfig } from '../src/load-config.ts';

const root = fileURLToPath(new URL('../../../test/cli-game', import.meta.url));
let state: string;
beforeEach(async () => { state = await mkdtemp(join(tmpdir(), 'bundle-')); });
afterEach(() => rm(state, { recursive: true }));

const lockFile = () => join(state, 'world.lock');
const game = (changes: Partial<BeamlineConfig> = {}) => createStack({
  game: 'scores', version: '1.0.0', roles: { board: { entry: 'v1.ts', reads: ['Score'] } }, environments: { local: { network: { kind: 'local' } } }, lock: lockFile(), ...changes,
}, { root, state });
const field = { id: 1, name: 'player', type: 'str', length: 1, scale: 0 };
const gone = (component: string): Migration => ({ version: 1, id: 1, name: 'no-more-gone', from: { role: 'board' }, steps: [{ do: 'drop-component', component }] });
const lockWith = (...components: object[]) => writeFile(lockFile(), JSON.stringify({ format: 1, roles: { board: { format: 1, components } } }));

it('keeps the release, and gives the same sources the same one', async () => {
  const stack = game();
  const first = await stack.bundle();
  expect(await stack.releases.read(first.release.id)).toMatchObject({ game: 'scores', version: '1.0.0', roles: { board: { shards: 1, clients: { actions: ['Add'], reads: ['Score'] } } } });
  expect(await stack.releases.lua(first.release.id, 'board')).toContain('compute');
  const lock = await readFile(lockFile(), 'utf8');
  expect((await stack.bundle()).release.id).toBe(first.release.id);
  expect(await readFile(lockFile(), 'utf8')).toBe(lock);
  await expect(stack.releases.lua(first.release.id, 'moon')).rejects.toMatchObject({ code: 'stack/unknown-role' });
}, 120_000);

it('refuses a layout that lost something, unless somebody meant it', async () => {
  await lockWith({ id: 1, name: 'Gone', fields: [field] });
  const before = await readFile(lockFile(), 'utf8');
  await expect(game().bundle()).rejects.toMatchObject({ code: 'stack/layout-changed', message: expect.stringContaining('board: Gone component removed'), hint: expect.stringContaining('--accept-layout') });
  expect(await readFile(lockFile(), 'utf8')).toBe(before);
  await game().bundle({ acceptLayout: true });
  expect(JSON.parse(await readFile(lockFile(), 'utf8')).roles.board.components).toMatchObject([{ id: 2, name: 'Score' }, { id: 1, name: 'Gone', retired: true }]);
}, 120_000);

it('takes a change for meant when there is a migration of that role, and remembers the migration as it is', async () => {
  await lockWith({ id: 1, name: 'Gone', fields: [field] });
  await game({ migrations: [gone('Gone')] }).bundle();
  expect(JSON.parse(await readFile(lockFile(), 'utf8')).migrations).toMatchObject([{ id: 1, name: 'no-more-gone', role: 'board', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  await expect(game({ migrations: [gone('Other')] }).bundle()).rejects.toMatchObject({ code: 'persistence/migration-changed' });
}, 120_000);

it('stops at a bundle over the budget', async () => {
  await expect(game({ budgets: { bundleBytes: 1_000 } }).bundle()).rejects.toMatchObject({ code: 'bundler/over-budget', message: expect.stringContaining('board') });
}, 120_000);

it('warns of a bundle over the smaller budget', async () => {
  expect((await game({ budgets: { warnBytes: 1_000 } }).bundle()).warnings).toContainEqual(expect.stringContaining('budgets.warnBytes (1000)'));
}, 120_000);

it('refuses a lock file it does not know rather than invent ids', async () => {
  await writeFile(lockFile(), '{"format":2}');
  await expect(game().bundle()).rejects.toMatchObject({ code: 'stack/bad-lock' });
});

it('builds with the plugins of a beamline.config.ts, and anew when they are others', async () => {
  await writeFile(join(state, 'shop.ts'), `import { component, i32 } from '@beamline/ecs';
import { defineRole } from '@beamline/kernel';
import items from './items.yaml';
export default defineRole({ name: 'shop', components: [/*#__PURE__*/ component('Price', { value: i32 })], actions: { Ask: () => items.sword.says } });
`);
  await writeFile(join(state, 'items.yaml'), 'sword: { says: ten coins }\n');
  const build = async (name: string, plugins: string) => {
    await writeFile(join(state, name), `import { yaml } from ${JSON.stringify(import.meta.resolve('@beamline/bundler/plugins'))};
export default { game: 'shop', version: '1.0.0', roles: { shop: { entry: 'shop.ts' } }, environments: { local: { network: { kind: 'local' } } }, plugins: ${plugins} };
`);
    const { config, root: folder } = await loadConfig(name, state);
    const stack = createStack(config, { root: folder, state: join(state, 'kept') });
    const { release } = await stack.bundle();
    const code = await stack.releases.lua(release.id, 'shop');
    await stack.close();
    return code;
  };
  expect(await build('a.config.ts', '[yaml()]')).toContain('ten coins');
  expect(await build('b.config.ts', "[yaml(), { name: 'stamp', key: '1', renderLua: (code) => `${code}-- stamped\\n` }]")).toMatch(/ten coins[^]*-- stamped\n$/);
  await expect(build('c.config.ts', "[{ name: 'stamp', renderlua: () => '' }]")).rejects.toMatchObject({ code: 'stack/bad-config', message: expect.stringContaining('plugins[0]') });
}, 120_000);
