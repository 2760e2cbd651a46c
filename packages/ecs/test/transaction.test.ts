import { describe, expect, it } from '@jest/globals';
import {
  add, addEntity, begin, commit, component, createWorld, find, findRow, i32, random, removeEntity, rollback, worldDigest,
} from '@beamline/ecs';
import { createDrill, operate, step } from './golden/operations.ts';
import { pagesReport, report } from './golden/drill-report.ts';
import { Name, Position } from './golden/components.ts';

const A = component('A', { n: i32 });

it('keeps what was committed', () => {
  const world = createWorld([A]);
  begin(world);
  add(world, addEntity(world), A, { n: 5 });
  commit(world);
  begin(world);
  rollback(world);
  expect(find(world, A, 'n', 5)).toBe(1);
});

it('undoes allocation: the same entity is given again', () => {
  const world = createWorld([A]);
  const kept = addEntity(world);
  removeEntity(world, kept);
  begin(world);
  const draft = addEntity(world);
  removeEntity(world, draft);
  rollback(world);
  expect(addEntity(world)).toBe(draft);
});

it('undoes random numbers: they come again', () => {
  const world = createWorld([], { seed: 3 });
  begin(world);
  const drawn = [random(world), random(world)];
  rollback(world);
  expect([random(world), random(world)]).toEqual(drawn);
});

it('refuses a transaction within a transaction', () => {
  const world = createWorld([]);
  begin(world);
  expect(() => begin(world)).toThrow(/^ecs\/nested/);
});

describe.each([1, 2, 3])('from seed %d', (seed) => {
  it('leaves every cell, row order, digest and search as before', () => {
    const drill = createDrill(seed);
    operate(drill, 400);
    for (let round = 0; round < 100; round++) {
      const { world, ledger } = drill;
      const before = pagesReport(world);
      const digest = worldDigest(world);
      const { count } = drill;
      begin(world);
      for (let i = 0; i < 20; i++) step(drill);
      rollback(world);
      expect(pagesReport(world)).toBe(before);
      expect(worldDigest(world)).toBe(digest);
      for (let i = 0; i < 40; i++) expect(findRow(ledger, 0, `p${i}`)).toBe(ledger.data[0]!.indexOf(`p${i}`));
      for (const text of ['a', '']) {
        const row = world.byName['Name']!.data[1]!.slice(0, world.byName['Name']!.count).indexOf(text);
        expect(find(world, Name, 'text', text)).toBe(row < 0 ? 0 : world.byName['Name']!.data[0]![row]);
      }
      expect(find(world, Position, 'x', 99999)).toBe(0);
      drill.count = count;
      operate(drill, 10);
    }
    expect(report(drill)).toContain('Position');
  });
});
