import { expect, it } from '@jest/globals';
import type { RoleBytes } from '@beamline/stack';
import { change, sizeBars } from '../src/page/model/size-bars.ts';

const role = (name: string, bytes: number, before?: number): RoleBytes => ({
  role: name, bytes, gzipBytes: 1, ...(before !== undefined && { before: { bytes: before, gzipBytes: 1 } }),
  modules: [
    { path: '@beamline/kernel/a.ts', origin: 'kernel', bytes: bytes - 10, ...(before !== undefined && { before }) },
    { path: 'src/a.ts', origin: 'game', bytes: 10, ...(before !== undefined && { before: 0 }) },
  ],
});

it('draws all bars to one scale, modules of one origin side by side', () => {
  const [world, market] = sizeBars([role('world', 40, 50), role('market', 20)]);
  expect(world?.now.map(({ module: { path }, x, width }) => [path, x, width])).toEqual([['src/a.ts', 0, 200], ['@beamline/kernel/a.ts', 200, 600]]);
  expect(world?.before.map(({ x, width }) => [x, width])).toEqual([[0, 1_000]]);
  expect(market?.now.map(({ x, width }) => [x, width])).toEqual([[0, 200], [200, 200]]);
  expect(market?.before).toEqual([]);
});

it('says what grew and what shrank, and nothing of what did not', () => {
  expect([change(3, 5, String), change(5, 3, String), change(5, 5, String), change(5, undefined, String)]).toEqual(['−2', '+2', '', '']);
});
