import { expect, it } from '@jest/globals';
import { createWorld, random, randomInt, seedRandom } from '@beamline/ecs';

it('gives the known numbers of a seed', () => {
  const world = createWorld([], { seed: 42 });
  expect([random(world), random(world), random(world)]).toEqual([203259079, 596893203, 2989671256]);
});

it('starts anew from a seed, using all of its 53 bits', () => {
  const world = createWorld([], { seed: 1 });
  const first = random(world);
  seedRandom(world, 1 + 2 ** 32);
  expect(random(world)).not.toBe(first);
  seedRandom(world, 1);
  expect(random(world)).toBe(first);
});

it('draws evenly from a small range', () => {
  const world = createWorld([], { seed: 5 });
  const counts = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < 60_000; i++) counts[randomInt(world, 6)]! += 1;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});

it.each([0, -1, 2 ** 32 + 1, NaN])('refuses a range of %d', (n) => {
  expect(() => randomInt(createWorld([]), n)).toThrow(/^ecs\/out-of-range/);
});
