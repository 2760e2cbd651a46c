import { expect, it } from '@jest/globals';
import { array, component, fixed, i32, u8 } from '@beamline/ecs';

it('keeps fields in source order and flattens arrays into columns', () => {
  const Bag = component('Bag', { zeal: u8, slots: array(i32, 2), angle: fixed(8) });
  expect(Bag.order).toEqual(['zeal', 'slots', 'angle']);
  expect(Bag.columns).toEqual([
    { name: 'zeal', kind: 'u8' }, { name: 'slots#0', kind: 'i32' }, { name: 'slots#1', kind: 'i32' }, { name: 'angle', kind: 'i32' },
  ]);
  expect({ ...Bag.start }).toEqual({ zeal: 1, slots: 2, angle: 4 });
});

it('takes the order the bundler wrote over that of the keys', () => {
  expect(component('P', { x: u8, y: u8 }, ['y', 'x']).columns.map(({ name }) => name)).toEqual(['y', 'x']);
});

it('does not mistake inherited names for fields', () => {
  expect(component('P', { x: u8 }).start['constructor']).toBeUndefined();
});
