import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { layoutOf, lockLayout, type LayoutLock } from '@beamline/ecs';
import type { Role } from '@beamline/kernel';
import battleV1 from '../src/v1/battle.ts';
import worldV1 from '../src/v1/world.ts';
import battleV2 from '../src/v2/battle.ts';
import worldV2 from '../src/v2/world.ts';
import worldV3 from '../src/v3/world.ts';

function lockOf(file: string, role: string): LayoutLock {
  const { roles } = JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')) as { roles: Record<string, LayoutLock> };
  return roles[role]!;
}

it.each<[string, string, Role]>([
  ['version 1', 'world.v1.lock', worldV1], ['version 1', 'world.v1.lock', battleV1],
  ['version 2', 'world.lock', worldV2], ['version 2', 'world.lock', battleV2], ['version 3', 'world.lock', worldV3],
])('is what the lock of %s (%s) says', (_, file, role) => {
  const lock = lockOf(file, role.name);
  expect(lockLayout(lock, layoutOf(role.components))).toMatchObject({ changes: [], lock });
});

it('changes from version 1 to 2 by what the migration does, keeping every id', () => {
  const { changes, lock } = lockLayout(lockOf('world.v1.lock', 'world'), layoutOf(worldV2.components));
  expect(changes).toEqual([
    { kind: 'component-added', component: 'Skills' }, { kind: 'component-added', component: 'Progress' },
    { kind: 'component-added', component: 'Stamina' }, { kind: 'component-removed', component: 'Stats' },
  ]);
  expect(lock).toEqual(lockOf('world.lock', 'world'));
});
