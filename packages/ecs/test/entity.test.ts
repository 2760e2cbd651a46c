import { expect, it } from '@jest/globals';
import {
  add, addEntity, component, createWorld, entityCount, has, indexOf, isAlive, removeEntity, rows, u8,
} from '@beamline/ecs';

const Tag = component('Tag', { value: u8 });

it('gives a reused index a new generation, so that old handles stay dead', () => {
  const world = createWorld([]);
  const first = addEntity(world);
  removeEntity(world, first);
  const second = addEntity(world);
  expect(indexOf(second)).toBe(indexOf(first));
  expect([isAlive(world, first), isAlive(world, second)]).toEqual([false, true]);
  expect(() => removeEntity(world, first)).toThrow(`ecs/dead-entity: ${first}`);
});

it('never hands out index 0: entity 0 means none', () => {
  const world = createWorld([]);
  expect(addEntity(world)).toBe(1);
  expect(isAlive(world, 0)).toBe(false);
});

it('does not believe handles that were never given out', () => {
  const world = createWorld([]);
  const entity = addEntity(world);
  removeEntity(world, entity);
  const next = 1048576 + indexOf(entity);
  for (const forged of [next, 5, -1, 1.5, NaN, 2 ** 32, 2 ** 40 + 1]) expect(isAlive(world, forged)).toBe(false);
  expect(addEntity(world)).toBe(next);
});

it('retires an index once its 4,096 generations are used up', () => {
  const world = createWorld([]);
  const seen = new Set<number>();
  let last = 0;
  for (let i = 0; i < 4096; i++) {
    last = addEntity(world);
    seen.add(last);
    removeEntity(world, last);
  }
  expect(seen.size).toBe(4096);
  expect(last).toBe(4095 * 1048576 + 1);
  const fresh = addEntity(world);
  expect(indexOf(fresh)).toBe(2);
  expect(isAlive(world, last)).toBe(false);
});

it('takes the components of a removed entity along and counts the living', () => {
  const world = createWorld([Tag]);
  const [a, b] = [addEntity(world), addEntity(world)];
  add(world, a, Tag, { value: 1 });
  add(world, b, Tag, { value: 2 });
  removeEntity(world, a);
  expect([rows(world, Tag), has(world, a, Tag), has(world, b, Tag), entityCount(world)]).toEqual([1, false, true, 1]);
});
