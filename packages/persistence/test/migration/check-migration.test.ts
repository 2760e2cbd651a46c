import { describe, expect, it } from '@jest/globals';
import { add, addEntity, begin, commit, component, createWorld, eid, fixed, i32, layoutOf, removeEntity, str, u16, u8, type World } from '@beamline/ecs';
import { addField, calc, checkMigration, dropComponent, dropField, imageRoot, map, merge, migration, renameField, widen, type MigrationStep } from '../../src/index.ts';
import { imageOfWorld } from '../sample-world.ts';

const Hero = component('Hero', { name: str, hp: u16, foe: eid });
const Pet = component('Pet', { age: u16 });

/** 30 heroes with 10 hp each more than the one before, every second with a pet; the last hero's foe is gone. */
function heroes(): World {
  const world = createWorld([Hero, Pet]);
  begin(world);
  const gone = addEntity(world);
  removeEntity(world, gone);
  for (let n = 0; n < 30; n += 1) {
    const hero = addEntity(world);
    add(world, hero, Hero, { name: n === 0 ? '' : `hero ${n}`, hp: n * 10, foe: n === 29 ? gone : 0 });
    if (n % 2 === 0) add(world, hero, Pet, { age: n });
  }
  commit(world);
  return world;
}
const image = imageOfWorld(heroes(), 12);
const entities = image.tables.find(({ name }) => name === 'Hero')!.data[0] as number[];
const check = (to: Parameters<typeof layoutOf>[0], ...steps: MigrationStep[]) =>
  checkMigration(image, migration({ name: 'next', from: { role: 'r' }, steps }), layoutOf(to), { first: 2 });

describe('checking a migration on live data', () => {
  it('finds nothing where everything fits, and says how much there is', () => {
    const Strong = component('Hero', { name: str, power: u16, foe: eid });
    const verdict = check([Strong, Pet], renameField(Hero, 'hp', 'power'));
    expect(verdict).toMatchObject({ fits: true, slot: 12, rows: { before: 45, after: 45 } });
    expect(verdict.findings.filter(({ kind }) => kind !== 'dangling')).toEqual([]);
  });

  it('counts the entities that do not fit, and names the first with their values', () => {
    const { fits, findings } = check([component('Hero', { name: str, hp: u8, foe: eid }), Pet], widen(Hero, 'hp', { from: u16, to: u8 }));
    expect(fits).toBe(false);
    expect(findings[0]).toEqual({
      kind: 'misfit', step: 'next step 1 (widen)', component: 'Hero', field: 'hp', why: 'u8 holds 0 to 255', count: 4,
      first: [{ entity: entities[26], value: 260 }, { entity: entities[27], value: 270 }],
    });
  });

  it('goes through to the end: what fails in two places is found in one run', () => {
    const { findings } = check([component('Hero', { name: u8, hp: u8, foe: eid }), component('Pet', { age: fixed(30) })],
      widen(Hero, 'hp', { from: u16, to: u8 }), widen(Pet, 'age', { from: u16, to: fixed(30) }),
      map(Hero, 'name', { from: str, to: u8, by: calc.find(['hero 1'], -1) }));
    expect(findings.filter(({ kind }) => kind === 'misfit').map(({ component: name, field, count }) => [name, field, count]))
      .toEqual([['Hero', 'hp', 4], ['Pet', 'age', 14], ['Hero', 'name', 29]]);
  });

  it('tells what is lost, and only what was not empty', () => {
    const { fits, findings } = check([component('Hero', { hp: u16, foe: eid })], dropField(Hero, 'name'), dropComponent(Pet));
    expect(fits).toBe(true);
    expect(findings.filter(({ kind }) => kind === 'loss')).toEqual([
      { kind: 'loss', step: 'next step 1 (drop-field)', component: 'Hero', field: 'name', why: 'it is dropped', count: 29, first: [{ entity: entities[1], value: 'hero 1' }, { entity: entities[2], value: 'hero 2' }] },
      expect.objectContaining({ component: 'Pet', field: 'age', count: 14 }),
    ]);
    const { findings: clamped } = check([component('Hero', { name: str, hp: u16, foe: eid }), component('Pet', { age: u8 })], widen(Pet, 'age', { from: u16, to: u8, onMisfit: 'clamp' }));
    expect(clamped.filter(({ kind }) => kind === 'misfit')).toEqual([]);
  });

  it('names entities that a merge would leave behind', () => {
    const All = component('All', { name: str, hp: u16, foe: eid, age: u16 });
    const { fits, findings } = check([All], merge([Hero, Pet], 'All'));
    expect(fits).toBe(false);
    expect(findings[0]).toMatchObject({ kind: 'misfit', component: 'All', count: 15, first: [{ entity: entities[1] }, { entity: entities[3] }], why: "it lacks Pet, so Hero and Pet don't merge" });
  });

  it('points at references to entities that are gone, without refusing them', () => {
    const { fits, findings } = check([Hero, Pet]);
    expect(fits).toBe(true);
    expect(findings).toEqual([{ kind: 'dangling', component: 'Hero', field: 'foe', why: 'it names an entity that is gone', count: 1, first: [{ entity: entities[29], value: expect.any(Number) as unknown as number }] }]);
  });

  it('shows entities before and after, those that do not fit first, only what differs', () => {
    const { samples } = check([component('Hero', { name: str, hp: u8, foe: eid }), component('Pet', { age: u16, coat: i32 })],
      widen(Hero, 'hp', { from: u16, to: u8 }), addField(Pet, 'coat', i32, -1));
    expect(samples[0]).toEqual({ entity: entities[26], before: { Hero: { name: 'hero 26', hp: 260, foe: 0 }, Pet: { age: 26 } }, after: { Hero: { name: 'hero 26', hp: 255, foe: 0 }, Pet: { age: 26, coat: -1 } } });
    expect(samples[1]).toMatchObject({ entity: entities[27], before: { Hero: { hp: 270 } } });
    expect(samples[1]!.before).not.toHaveProperty('Pet');
  });

  it('changes nothing and is plain data', () => {
    const root = imageRoot(image);
    const verdict = check([component('Hero', { name: str, hp: u8, foe: eid }), Pet], widen(Hero, 'hp', { from: u16, to: u8 }));
    expect(imageRoot(image)).toBe(root);
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
  });

  it('refuses steps that do not lead to the layout, data or not', () => {
    expect(() => check([Pet], renameField(Hero, 'hp', 'power'))).toThrow(expect.objectContaining({ code: 'persistence/layout-mismatch' }) as unknown as Error);
  });
});
