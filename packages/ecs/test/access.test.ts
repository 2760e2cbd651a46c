import { describe, expect, it } from '@jest/globals';
import {
  add, addEntity, array, component, createWorld, get, has, i32, remove, removeEntity, set, str, u8,
} from '@beamline/ecs';

const Position = component('Position', { x: i32, y: i32 });
const Bag = component('Bag', { slots: array(u8, 3), label: str });

function fixture() {
  const world = createWorld([Position, Bag]);
  return { world, entity: addEntity(world) };
}

it('fills what is not given with 0 and empty text', () => {
  const { world, entity } = fixture();
  add(world, entity, Bag, { slots: [4, 5] });
  expect([0, 1, 2].map((i) => get(world, entity, Bag, 'slots', i))).toEqual([4, 5, 0]);
  expect(get(world, entity, Bag, 'label')).toBe('');
});

it('writes only the given values when the component is there already', () => {
  const { world, entity } = fixture();
  add(world, entity, Position, { x: 1, y: 2 });
  add(world, entity, Position, { y: 9 });
  expect([get(world, entity, Position, 'x'), get(world, entity, Position, 'y')]).toEqual([1, 9]);
});

it('starts from blank values when a component comes back', () => {
  const { world, entity } = fixture();
  add(world, entity, Position, { x: 1 });
  remove(world, entity, Position);
  remove(world, entity, Position);
  expect(has(world, entity, Position)).toBe(false);
  add(world, entity, Position);
  expect(get(world, entity, Position, 'x')).toBe(0);
});

it('sets single values of array fields', () => {
  const { world, entity } = fixture();
  add(world, entity, Bag);
  set(world, entity, Bag, 'slots', 255, 2);
  set(world, entity, Bag, 'label', 'caf\u00e9');
  expect([get(world, entity, Bag, 'slots', 2), get(world, entity, Bag, 'label')]).toEqual([255, 'caf\u00e9']);
});

describe('refuses, by code,', () => {
  const { world, entity } = fixture();
  const gone = addEntity(world);
  add(world, gone, Position);
  removeEntity(world, gone);
  add(world, entity, Bag);
  const Unknown = component('Unknown', { x: u8 });
  it.each([
    ['a dead entity', 'ecs/dead-entity', () => get(world, gone, Position, 'x')],
    ['to write a dead entity', 'ecs/dead-entity', () => set(world, gone, Position, 'x', 1)],
    ['to give a dead entity a component', 'ecs/dead-entity', () => add(world, gone, Position)],
    ['to take from a dead entity', 'ecs/dead-entity', () => remove(world, gone, Position)],
    ['an entity without the component', 'ecs/no-component', () => get(world, entity, Position, 'x')],
    ['a component the world lacks', 'ecs/unknown-component', () => add(world, entity, Unknown)],
    ['a field the component lacks', 'ecs/no-field', () => get(world, entity, Bag, 'constructor' as 'label')],
    ['a value beyond an array', 'ecs/no-field', () => get(world, entity, Bag, 'slots', 3)],
    ['more values than an array holds', 'ecs/out-of-range', () => add(world, entity, Bag, { slots: [1, 2, 3, 4] })],
    ['a number out of range', 'ecs/out-of-range', () => set(world, entity, Bag, 'slots', 256)],
    ['text where a number belongs', 'ecs/out-of-range', () => set(world, entity, Bag, 'slots', 'x' as never)],
  ])('%s', (_, code, act) => {
    expect(act).toThrow(new RegExp(`^${code}: `));
  });
});

it('refuses a world that lists a component twice', () => {
  expect(() => createWorld([Position, Position])).toThrow(/^ecs\/duplicate-component/);
});
