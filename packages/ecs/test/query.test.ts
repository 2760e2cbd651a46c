import { expect, it } from '@jest/globals';
import {
  add, addEntity, column, component, createWorld, entityAt, find, get, i32, query, remove, rows, runSystems, set, setAt, str, system, u8,
} from '@beamline/ecs';

const A = component('A', { n: i32, name: str });
const B = component('B', { n: u8 });

function fixture() {
  const world = createWorld([A, B]);
  const entities = [1, 2, 3, 4].map((n) => {
    const entity = addEntity(world);
    add(world, entity, A, { n, name: `e${n % 2}` });
    return entity;
  });
  return { world, entities: entities as [number, number, number, number] };
}

it('lists entities in the row order of the first component named', () => {
  const { world, entities: [e1, e2, e3, e4] } = fixture();
  for (const entity of [e4, e2, e1]) add(world, entity, B);
  expect(query(world, [A, B])).toEqual([e1, e2, e4]);
  expect(query(world, [B, A])).toEqual([e4, e2, e1]);
  expect(query(world, [A], [B])).toEqual([e3]);
});

it('gives a list of its own, safe to change the world by', () => {
  const { world, entities } = fixture();
  for (const entity of query(world, [A])) remove(world, entity, A);
  expect([rows(world, A), entities.length]).toEqual([0, 4]);
});

it('finds by value and follows every change', () => {
  const { world, entities: [e1, e2, e3] } = fixture();
  expect(find(world, A, 'name', 'e1')).toBe(e1);
  set(world, e1, A, 'name', 'other');
  expect(find(world, A, 'name', 'e1')).toBe(e3);
  expect(find(world, A, 'n', 2)).toBe(e2);
  remove(world, e2, A);
  expect(find(world, A, 'n', 2)).toBe(0);
});

it('reads and writes whole columns by row', () => {
  const { world, entities } = fixture();
  const n = column(world, A, 'n');
  for (let row = 0; row < rows(world, A); row++) setAt(world, A, row, 'n', n[row]! * 10);
  expect(entities.map((entity) => get(world, entity, A, 'n'))).toEqual([10, 20, 30, 40]);
  expect(entityAt(world, A, 2)).toBe(entities[2]);
  expect(() => setAt(world, A, 4, 'n', 1)).toThrow(/^ecs\/no-row/);
});

it('runs systems in the order given and tells the observer', () => {
  const { world, entities: [entity] } = fixture();
  const double = system({ name: 'double', reads: [A], writes: [A], run: (w) => set(w, entity, A, 'n', get(w, entity, A, 'n') * 2) });
  const increment = system({ name: 'increment', reads: [A], writes: [A], run: (w) => set(w, entity, A, 'n', get(w, entity, A, 'n') + 1) });
  const heard: string[] = [];
  runSystems(world, [increment, double], (name, edge) => heard.push(`${edge} ${name}`));
  expect(get(world, entity, A, 'n')).toBe(4);
  expect(heard).toEqual(['start increment', 'end increment', 'start double', 'end double']);
});
