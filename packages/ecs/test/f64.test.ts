import { expect, it } from '@jest/globals';
import {
  add, addEntity, component, createWorld, decodePageBytes, f64, get, loadPageText, pageBytes, pageDigest, pageImageDigest, pageText, parsePage, set,
} from '@beamline/ecs';

const Angle = component('Angle', { turn: f64 });

function fixture() {
  const world = createWorld([Angle]);
  const entity = addEntity(world);
  add(world, entity, Angle, { turn: 0.1 });
  return { world, entity, table: world.byName['Angle']! };
}

it('holds any finite number in JavaScript worlds', () => {
  const { world, entity } = fixture();
  for (const value of [1 / 3, 1e300, -5e-324, 0]) {
    set(world, entity, Angle, 'turn', value);
    expect(get(world, entity, Angle, 'turn')).toBe(value);
  }
  for (const value of [NaN, Infinity, '1']) expect(() => set(world, entity, Angle, 'turn', value as number)).toThrow(/^ecs\/out-of-range/);
});

it('travels exactly as text and as bytes', () => {
  const { table } = fixture();
  expect(pageText(table, 0)).toBe('1;0.1');
  const page = parsePage(table.columns, pageText(table, 0));
  expect(decodePageBytes(table.columns, pageBytes(table.columns, page))).toEqual(page);
  expect(pageImageDigest(table.columns, page)).toBe(pageDigest(table, 0));
  expect(() => loadPageText(table, 0, '1;0.10')).toThrow(/^ecs\/bad-page/);
});
