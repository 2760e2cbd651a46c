import { expect, it } from '@jest/globals';
import type { Release } from '@beamline/bundler';
import { releaseSizes } from '../src/environment/release-sizes.ts';

const release = (id: string, roles: Record<string, Record<string, number>>): Release => ({
  id, version: id, roles: Object.fromEntries(Object.entries(roles).map(([role, modules]) => [role, {
    bundles: { lua: { bytes: Object.values(modules).reduce((sum, bytes) => sum + bytes, 5), gzipBytes: 3, modules: Object.entries(modules).map(([path, bytes]) => ({ path, bytes })) } },
  }])),
} as unknown as Release);

it('puts modules beside those of the release before, gone and new ones too, largest first', () => {
  const before = release('v1', { world: { 'src/old.ts': 70, '@beamline/ecs/src/table.ts': 20 } });
  const sizes = releaseSizes(release('v2', { world: { 'src/new.ts': 10, '@beamline/ecs/src/table.ts': 25 }, market: { 'src/m.lua': 1 } }), before);
  expect(sizes).toMatchObject({ release: { id: 'v2' }, before: { id: 'v1' }, roles: [{ role: 'world', bytes: 40, before: { bytes: 95 } }, { role: 'market', bytes: 6 }] });
  expect(sizes.roles[0]?.modules).toEqual([
    { path: 'src/old.ts', origin: 'game', bytes: 0, before: 70 }, { path: '@beamline/ecs/src/table.ts', origin: 'ecs', bytes: 25, before: 20 }, { path: 'src/new.ts', origin: 'game', bytes: 10, before: 0 },
  ]);
  expect(sizes.roles[1]).not.toHaveProperty('before');
});

it('knows no before for a first release', () => {
  const [world] = releaseSizes(release('v1', { world: { 'src/a.ts': 1 } }), undefined).roles;
  expect(world?.modules).toEqual([{ path: 'src/a.ts', origin: 'game', bytes: 1 }]);
});
