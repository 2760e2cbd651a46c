import { expect, it } from '@jest/globals';
import { addEntity, removeEntity, set, worldDigest, add } from '@beamline/ecs';
import { createMemoryStore, createSnapshotter, ecsSource, imageRoot, loadEcsWorld, readColumns } from '../../src/index.ts';
import { describeColumnSource } from '../../src/testing.ts';
import { Bag, imageOfWorld, Position, sampleWorld, Vitals, Account } from '../sample-world.ts';

const sample = () => {
  const world = sampleWorld(undefined, 2_500);
  const entities = (world.byName['Position']!.data[0] as number[]).slice(0, 1_100);
  return { world, entities };
};
const empty = () => sampleWorld([Position, Vitals, Bag, Account], 0);

describeColumnSource('ecs', () => {
  const { world, entities } = sample();
  let made = 0;
  return {
    source: ecsSource(world, 'layout'),
    change(n) {
      world.slot += 1;
      set(world, entities[n]!, Position, 'x', world.slot * 31);
    },
    grow() {
      world.slot += 1;
      if (made !== 0) removeEntity(world, made);
      made = addEntity(world);
      add(world, made, Bag, { owner: 'newcomer' });
      removeEntity(world, entities[1_050]!);
    },
    load(columns) {
      const other = empty();
      loadEcsWorld(other, columns);
      return ecsSource(other, columns.layout);
    },
  };
});

it('gives an ecs world the digest and root it had, random numbers and free indexes included', async () => {
  const { world } = sample();
  const store = createMemoryStore();
  const { ref, root } = await createSnapshotter({ source: ecsSource(world, 'layout'), store, game: 'g', role: 'r', process: 'p' }).snapshot();
  const other = empty();
  loadEcsWorld(other, await readColumns(store, ref));
  expect(worldDigest(other)).toBe(worldDigest(world));
  expect(root).toBe(imageRoot(imageOfWorld(world, 1)));
  expect(addEntity(other)).toBe(addEntity(world));
});

it('refuses columns of another world before anything is changed', async () => {
  const { world } = sample();
  const store = createMemoryStore();
  const { ref } = await createSnapshotter({ source: ecsSource(world, 'layout'), store, game: 'g', role: 'r', process: 'p' }).snapshot();
  const other = sampleWorld([Position], 10);
  const before = worldDigest(other);
  await expect(readColumns(store, ref).then((columns) => loadEcsWorld(other, columns))).rejects.toMatchObject({ code: 'persistence/layout-mismatch' });
  expect(worldDigest(other)).toBe(before);
});
