import { expect, it } from '@jest/globals';
import { add, addEntity, begin, commit, entityCount, isAlive, remove, worldDigest } from '@beamline/ecs';
import { imageDigest } from '../../src/index.ts';
import { editWorld } from '../../src/surgical/edit-world.ts';
import { createDice } from '../migration/random-world.ts';
import { Guild, guildWorld, imageOf, Item, lives, Position } from './guild-world.ts';

it.each([1, 2, 3, 4, 5])('does what the world itself would do, in any order (seed %i)', (seed) => {
  const dice = createDice(seed);
  const { world, players, items, guilds } = guildWorld({ count: 12 });
  const edit = editWorld(imageOf({ world }));
  const entities = [...players, ...items, ...guilds];
  begin(world);
  for (let n = 0; n < 300; n += 1) {
    const entity = dice.one(entities);
    switch (dice.below(5)) {
      case 0: {
        const made = edit.spawn();
        expect(addEntity(world)).toBe(made);
        entities.push(made);
        break;
      }
      case 1:
        edit.put('Position', entity, [n, -n]);
        add(world, entity, Position, { x: n, y: -n });
        break;
      case 2:
        edit.put('Item', entity, [n, entity]);
        add(world, entity, Item, { kind: n, owner: entity });
        break;
      case 3:
        edit.remove('Position', entity);
        remove(world, entity, Position);
        break;
      default:
        edit.remove('Guild', entity);
        remove(world, entity, Guild);
    }
    expect(edit.isAlive(entity)).toBe(isAlive(world, entity));
  }
  commit(world);
  const image = edit.image();
  expect(imageDigest(image)).toBe(worldDigest(world));
  expect(entityCount(lives(image))).toBe(entityCount(world));
});

it('leaves the image it began with alone, and shares tables it did not touch', () => {
  const image = imageOf(guildWorld());
  const before = imageDigest(image);
  const edit = editWorld(image);
  edit.put('Position', edit.spawn(), [1, 2]);
  expect(imageDigest(image)).toBe(before);
  const after = edit.image();
  const shared = (name: string) => after.tables.find((table) => table.name === name) === image.tables.find((table) => table.name === name);
  expect([shared('Bag'), shared('Position')]).toEqual([true, false]);
});
