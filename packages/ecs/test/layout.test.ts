import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { array, canonicalJson, component, fixed, i32, layoutHash, layoutOf, lockLayout, str, u16, u8, type Component } from '@beamline/ecs';

const Position = component('Position', { x: i32, y: i32 });
const Health = component('Health', { hp: u16 });

function lockOf(...components: Component[]) {
  return lockLayout(undefined, layoutOf(components)).lock;
}

it('describes components with ids in order, and hashes the canonical JSON', () => {
  const layout = layoutOf([Position, component('Bag', { slots: array(u8, 3), angle: fixed(8) })]);
  expect(layout.components[1]).toEqual({
    id: 2, name: 'Bag', fields: [{ id: 1, name: 'slots', type: 'u8', length: 3, scale: 0 }, { id: 2, name: 'angle', type: 'i32', length: 1, scale: 8 }],
  });
  expect(layoutHash(layout)).toBe(createHash('sha256').update(canonicalJson(layout)).digest('hex'));
});

it('hashes texts of every length around a block like SHA-256 does', () => {
  for (let size = 1; size < 64; size++) {
    const layout = layoutOf([component('N'.repeat(size), { x: str })]);
    expect(layoutHash(layout)).toBe(createHash('sha256').update(canonicalJson(layout)).digest('hex'));
  }
});

it('writes JSON with sorted keys', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined, A: true })).toBe('{"A":true,"b":[1,{"c":"x","d":null}]}');
});

it.each([
  ['a name with a comma', component('a,b', { x: u8 })],
  ['a name that system tables use', component('$world', { x: u8 })],
  ['a field name with a hash', component('A', { 'x#1': u8 })],
  ['an empty array', component('A', { x: array(u8, 0) })],
  ['a scale beyond 30', component('A', { x: fixed(31) })],
])('refuses %s', (_, bad) => {
  expect(() => layoutOf([bad])).toThrow(/^ecs\/bad-layout/);
});

it('refuses a component listed twice', () => {
  expect(() => layoutOf([Position, Position])).toThrow(/^ecs\/bad-layout/);
});

describe('locking', () => {
  it('gives a first layout its ids without calling anything a change', () => {
    const { lock, layout, changes } = lockLayout(undefined, layoutOf([Position, Health]));
    expect(changes).toEqual([]);
    expect(layout).toEqual(layoutOf([Position, Health]));
    expect(lock.components.map(({ id, name }) => [id, name])).toEqual([[1, 'Position'], [2, 'Health']]);
  });

  it('keeps the ids of what stays and gives newcomers new ones', () => {
    const { layout, changes } = lockLayout(lockOf(Position, Health), layoutOf([Position, component('New', { x: u8 }), component('Health', { hp: u16, max: u16 })]));
    expect(layout.components.map(({ id, name }) => [id, name])).toEqual([[1, 'Position'], [3, 'New'], [2, 'Health']]);
    expect(layout.components[2]!.fields.map(({ id }) => id)).toEqual([1, 2]);
    expect(changes).toEqual([
      { kind: 'component-added', component: 'New' },
      { kind: 'field-added', component: 'Health', field: 'max' },
    ]);
  });

  it('never gives a removed id away again', () => {
    const without = lockLayout(lockOf(Position, Health), layoutOf([Position]));
    expect(without.changes).toEqual([{ kind: 'component-removed', component: 'Health' }]);
    const again = lockLayout(without.lock, layoutOf([Position, Health]));
    expect(again.layout.components.map(({ id }) => id)).toEqual([1, 3]);
    expect(again.lock.components.map(({ id, retired }) => [id, retired])).toEqual([[1, undefined], [3, undefined], [2, true]]);
  });

  it('never gives a removed field id away again', () => {
    const without = lockLayout(lockOf(Position), layoutOf([component('Position', { x: i32 })]));
    expect(without.changes).toEqual([{ kind: 'field-removed', component: 'Position', field: 'y' }]);
    const again = lockLayout(without.lock, layoutOf([Position]));
    expect(again.layout.components[0]!.fields.map(({ id }) => id)).toEqual([1, 3]);
  });

  it.each([
    ['type', component('Position', { x: u8, y: i32 })],
    ['length', component('Position', { x: array(i32, 2), y: i32 })],
    ['scale', component('Position', { x: fixed(4), y: i32 })],
  ])('reports a changed %s', (_, changed) => {
    expect(lockLayout(lockOf(Position), layoutOf([changed])).changes).toEqual([{ kind: 'field-retyped', component: 'Position', field: 'x' }]);
  });

  it('reports another order of fields and of components', () => {
    expect(lockLayout(lockOf(Position), layoutOf([component('Position', { y: i32, x: i32 })])).changes).toEqual([
      { kind: 'fields-reordered', component: 'Position' },
    ]);
    expect(lockLayout(lockOf(Position, Health), layoutOf([Health, Position])).changes).toEqual([{ kind: 'components-reordered', component: '' }]);
  });
});
